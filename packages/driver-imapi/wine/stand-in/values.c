#include "values.h"

HRESULT give_text(BSTR *out, const WCHAR *text)
{
    NEED_OUT(out);
    *out = SysAllocString(text);
    return *out ? S_OK : E_OUTOFMEMORY;
}

static HRESULT new_array(SAFEARRAY **out, LONG count, VARIANT **elements)
{
    NEED_OUT(out);
    *out = SafeArrayCreateVector(VT_VARIANT, 0, (ULONG)count);
    return *out ? SafeArrayAccessData(*out, (void **)elements) : E_OUTOFMEMORY;
}

HRESULT give_numbers(SAFEARRAY **out, const LONG *numbers, LONG count)
{
    VARIANT *elements;
    TRY(new_array(out, count, &elements));
    for (LONG i = 0; i < count; i++) {
        V_VT(&elements[i]) = VT_I4;
        V_I4(&elements[i]) = numbers[i];
    }
    return SafeArrayUnaccessData(*out);
}

HRESULT give_texts(SAFEARRAY **out, const WCHAR *texts, LONG count)
{
    VARIANT *elements;
    TRY(new_array(out, count, &elements));
    for (LONG i = 0; i < count; i++, texts += lstrlenW(texts) + 1) {
        V_VT(&elements[i]) = VT_BSTR;
        V_BSTR(&elements[i]) = SysAllocString(texts);
    }
    return SafeArrayUnaccessData(*out);
}

HRESULT give_objects(SAFEARRAY **out, Object *const *objects, LONG count)
{
    VARIANT *elements;
    TRY(new_array(out, count, &elements));
    for (LONG i = 0; i < count; i++) {
        V_VT(&elements[i]) = VT_DISPATCH;
        V_DISPATCH(&elements[i]) = (IDispatch *)&objects[i]->faces[0];
    }
    return SafeArrayUnaccessData(*out);
}
