#line 20 "other.h"
BEGIN { ) }
