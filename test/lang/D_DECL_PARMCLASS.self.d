int (*f)(self int);
