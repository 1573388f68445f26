/* A file of the kind that a program keeps: parameters with and without names, types of its own. */
#pragma D attributes Evolving/Evolving/Common provider sample provider
#pragma D attributes Private/Private/Common provider sample module

provider sample {
	probe request__start(const char *, unsigned long long, int);
	probe request__done(const char *path, int status, size_t);
	probe none();
	probe nothing(void);
	probe own(own_t *o, const own_t *, bool is_new, int (*cb)(int), char name[]);
	probe text(string s, struct sample *);
};

provider other {
};

#pragma D attributes Evolving/Evolving/Common provider sample args
