/* The classes that an application can create. Each function gives an object with one reference. */
#ifndef CLASSES_H
#define CLASSES_H

#include "object.h"

Object *disc_master_new(void);
Object *disc_recorder_new(void);
Object *disc_format_data_new(void);
Object *disc_format_erase_new(void);
Object *file_system_image_new(void);

#endif
