/* Numbers of run-time faults, from fault.def. */
#ifndef REC_FAULT_H
#define REC_FAULT_H

enum fault {
#define FAULT(NAME, NUMBER, TEXT, SHOW) FAULT_##NAME = NUMBER,
#include "rec/fault.def"
#undef FAULT
};

#endif
