/* Functions that must not compile; the Makefile forces this file into every source. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets gmtime localtime asctime ctime tmpnam mktemp

#endif
