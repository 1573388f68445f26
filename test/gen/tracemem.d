/* Kernel memory by its sign, else the process's. What is read has its constant size. */
BEGIN { tracemem(arg0, 20, arg1); }
