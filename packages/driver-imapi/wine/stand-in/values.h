/* Values that go to a caller: strings and arrays of automation. */
#ifndef VALUES_H
#define VALUES_H

#include "object.h"

HRESULT give_text(BSTR *out, const WCHAR *text);
/* An array of VARIANTs with LONGs. */
HRESULT give_numbers(SAFEARRAY **out, const LONG *numbers, LONG count);
/* An array of VARIANTs with BSTRs; `texts` are ended by NUL each. */
HRESULT give_texts(SAFEARRAY **out, const WCHAR *texts, LONG count);
/* An array of VARIANTs with objects, whose references become the array's. */
HRESULT give_objects(SAFEARRAY **out, Object *const *objects, LONG count);

#endif
