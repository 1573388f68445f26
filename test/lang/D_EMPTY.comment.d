/* nothing */
#pragma D option quiet
