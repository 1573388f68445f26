/*
 * The code generator, by what its programs do in the kernel: records, faults, aggregations,
 * built-in variables, and what the verifier takes. Needs root.
 */
#include <pthread.h>
#include <sys/syscall.h>

#include "lang/builtin.h"
#include "os/btf.h"
#include "rec/fault.h"
#include "test/unit/gen_run.h"
#include "test/unit/tap.h"

static struct run run;

static bool
fire(const char *text)
{
	bool ok = run_open(&run, text) == 0 && run_fire(&run) == 0;

	CHECK(ok);
	if (!ok) {
		printf("# %s\n", text);
		exit(1);
	}
	if (ok)
		CHECK(run_states_free(&run));
	return ok;
}

static void
set_options(void)
{
	memset(&run.opts, 0, sizeof(run.opts));
	memset(run.arg, 0, sizeof(run.arg));
	run.is_sleepable = false;
	run.has_sdiv = true;
	run.opts.has_task_storage = true;
}

static struct rec_hdr
header(uint32_t i)
{
	struct rec_hdr h;

	memcpy(&h, run.record[i], sizeof(h));
	return h;
}

static int64_t
field_int(uint32_t record, const struct rec_field *f)
{
	int64_t v = 0;

	memcpy(&v, run.record[record] + f->off, f->size);
	return v;
}

static const char *
field_str(uint32_t record, const struct rec_field *f)
{
	return (const char *)run.record[record] + f->off;
}

static void
test_records(void)
{
	const struct rec *rec;

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)"text";
	run.arg[1] = (uint64_t)-2;
	fire("BEGIN { x = 1; }\n"
	    "BEGIN { printf(\"%s %d %s %d %s\", stringof(arg0), (short)arg1, probename, 5,\n"
	    "\"c\"); trace(arg1); }\n"
	    "BEGIN { }\n"
	    "BEGIN /arg1 > 0/ { trace(1); }");
	CHECK_INT(run.nrecord, 2);
	rec = &run.front.gen->clause[1].rec;
	CHECK_INT(run.front.gen->clause[0].rec.bytes, 0);
	CHECK_INT(rec->nact, 2);
	CHECK_STR(rec->act[0].fmt, "%s %d %s %d %s");
	CHECK_INT(rec->act[0].nfield, 5);
	CHECK_STR(field_str(0, &rec->act[0].field[0]), "text");
	CHECK_INT((int16_t)field_int(0, &rec->act[0].field[1]), -2);
	CHECK_INT(rec->act[0].field[2].kind, REC_PROBENAME);
	CHECK_INT(rec->act[0].field[3].kind, REC_CONST_INT);
	CHECK_INT(rec->act[0].field[3].val, 5);
	CHECK_INT(rec->act[0].field[4].kind, REC_CONST_STR);
	CHECK_STR(rec->act[0].field[4].str, "c");
	CHECK_INT(field_int(0, &rec->act[1].field[0]), -2);
	CHECK_INT(run.record_bytes[0], rec->bytes);
	CHECK_INT(header(0).clause, 1);
	CHECK_INT(header(0).probe, FRONT_PROBE);
	CHECK(header(0).cpu < run.opts.ncpu);
	CHECK(header(0).timestamp > 0);
	CHECK_INT(header(1).clause, 2);
	CHECK_INT(header(1).timestamp, header(0).timestamp);
	CHECK(run.front.gen->clause[2].rec.is_default);
	run_close(&run);
	fire("#pragma D option quiet\nBEGIN { }\nBEGIN { @ = count(); }");
	CHECK_INT(run.nrecord, 0);
	run_close(&run);
}

static struct rec_spec
spec_at(uint32_t record, uint32_t off)
{
	struct rec_spec s;

	memcpy(&s, run.record[record] + off, sizeof(s));
	return s;
}

/* A number is handed out again as soon as it is committed; each use has its word. What speculates
 * on none, or on one that is over, ends there. */
static void
test_speculation(void)
{
	const struct gen_clause *c;

	set_options();
	fire("#pragma D option nspec=2\n"
	    "BEGIN { x = speculation(); y = speculation(); z = speculation(); }\n"
	    "BEGIN { speculate(x); trace(1); n = 1; }\n"
	    "BEGIN { speculate(3); n = 2; }\n"
	    "BEGIN { speculate(0); n = 3; }\n"
	    "BEGIN { commit(x); discard(x); commit(3); commit(-1); }\n"
	    "BEGIN { speculate(x); n = 4; }\n"
	    "BEGIN { x2 = speculation(); discard(y); y2 = speculation(); }\n"
	    "BEGIN { if (arg0) speculate(1); trace(2); }");
	CHECK_INT(run_int(&run, "x"), 1);
	CHECK_INT(run_int(&run, "y"), 2);
	CHECK_INT(run_int(&run, "z"), 0);
	CHECK_INT(run_int(&run, "n"), 1);
	CHECK_INT(run_int(&run, "x2"), 1);
	CHECK_INT(run_int(&run, "y2"), 2);
	CHECK_INT(run_drops(&run, DROP_SPECUNAVAIL), 1);
	CHECK_INT(run.nrecord, 4);
	c = run.front.gen->clause;
	CHECK_INT(header(0).clause, 1);
	CHECK_INT(spec_at(0, c[1].rec.spec_off).id, 1);
	CHECK_INT(spec_at(0, c[1].rec.spec_off).word, 1);
	CHECK_INT(header(1).clause, 4);
	CHECK_INT(spec_at(1, c[4].rec.act[0].field[0].off).id, 1);
	CHECK_INT(spec_at(1, c[4].rec.act[0].field[0].off).word, 1);
	for (int i = 1; i < 4; i++)
		CHECK_INT(spec_at(1, c[4].rec.act[i].field[0].off).word, 0);
	CHECK_INT(header(2).clause, 6);
	CHECK_INT(spec_at(2, c[6].rec.act[0].field[0].off).id, 2);
	CHECK_INT(spec_at(2, c[6].rec.act[0].field[0].off).word, 1);
	CHECK_INT(header(3).clause, 7);
	CHECK_INT(spec_at(3, c[7].rec.spec_off).word, 0);
	run.arg[0] = 1;
	run_close(&run);
	fire("#pragma D option nspec=1024\nBEGIN { if (arg0) speculate(1024); trace(2); }\n"
	    "BEGIN { x = speculation(); }");
	CHECK_INT(run.nrecord, 0);
	CHECK_INT(run_int(&run, "x"), 1);
	run_close(&run);
}

static void
test_branches(void)
{
	const struct rec *rec;

	set_options();
	run.arg[0] = 3;
	fire("BEGIN { if (arg0 == 3) { trace(1); if (arg0 == 4) trace(2);\n"
	    "else { x = 7; trace(arg0); } }\n"
	    "else trace(4); if (arg0 > 100) y = 1; else y = 2; }\n"
	    "BEGIN { if (arg0 == 4) trace(1); }");
	CHECK_INT(run.nrecord, 1);
	rec = &run.front.gen->clause[0].rec;
	CHECK_INT(rec->nact, 4);
	CHECK_INT(run.record[0][rec->act[0].when], 1);
	CHECK_INT(run.record[0][rec->act[1].when], 0);
	CHECK_INT(run.record[0][rec->act[2].when], 1);
	CHECK_INT(run.record[0][rec->act[3].when], 0);
	CHECK_INT(field_int(0, &rec->act[2].field[0]), 3);
	CHECK_INT(run_int(&run, "x"), 7);
	CHECK_INT(run_int(&run, "y"), 2);
	run_close(&run);
}

static void
test_exit(void)
{
	set_options();
	run.arg[0] = 1;
	fire("BEGIN { if (arg0 == 2) exit(1); a = 1; }\nBEGIN { exit(arg0 + 4); b = 1; }\n"
	    "BEGIN { c = 1; }");
	CHECK_INT(run.nrecord, 1);
	CHECK_INT(field_int(0, &run.front.gen->clause[1].rec.act[0].field[0]), 5);
	CHECK_INT(run_int(&run, "a"), 1);
	CHECK_INT(run_int(&run, "b"), 1);
	CHECK_INT(run_int(&run, "c"), 0);
	CHECK_INT(run_active(&run), CONTROL_NONE);
	run_fire(&run);
	CHECK_INT(run.nrecord, 1);
	run_close(&run);
}

static void
test_fault(void)
{
	struct rec_error e;

	set_options();
	run.arg[0] = 16;
	run.arg[1] = 8;
	run.arg[4] = 44;
	fire("BEGIN { x = 1; printf(\"%s\", stringof(arg0)); y = 1; }\n"
	    "BEGIN { z = arg1; }\n"
	    "ERROR { e1 = arg1; e2 = arg2; e3 = arg3; e4 = arg4; e5 = arg5; e0 = arg0; i = id; }\n"
	    "ERROR { trace(arg4); w = 1 / (arg4 - 1); }\n"
	    "BEGIN { u = arg4; v = arg1 / (arg4 - 44); }");
	CHECK_INT(run_int(&run, "x"), 1);
	CHECK_INT(run_int(&run, "y"), 0);
	CHECK_INT(run_int(&run, "z"), 8);
	CHECK_INT(run_int(&run, "u"), 44);
	CHECK_INT(run.nrecord, 3);	/* two faults, one trace() of the second */
	CHECK_INT(header(0).clause, REC_ERROR);
	CHECK_INT(header(0).probe, FRONT_PROBE);
	memcpy(&e, run.record[0] + sizeof(struct rec_hdr), sizeof(e));
	CHECK_INT(e.clause, 0);
	CHECK_INT(e.fault, FAULT_BADADDR);
	CHECK_INT(e.value, 16);
	CHECK(e.pc > 0 && e.pc < 4096);
	CHECK_INT(header(1).clause, REC_ERROR);
	memcpy(&e, run.record[1] + sizeof(struct rec_hdr), sizeof(e));
	CHECK_INT(e.clause, 4);
	CHECK_INT(e.fault, FAULT_DIVZERO);
	CHECK_INT(header(2).clause, 3);
	CHECK_INT(header(2).probe, FRONT_ERROR_PROBE);
	CHECK_INT(run_drops(&run, DROP_DBLERROR), 1);
	CHECK_INT(run_int(&run, "e0"), 0);
	CHECK_INT(run_int(&run, "e1"), FRONT_PROBE);
	CHECK_INT(run_int(&run, "e2"), 4);
	CHECK_INT(run_int(&run, "e3"), (int64_t)e.pc);
	CHECK_INT(run_int(&run, "e4"), FAULT_DIVZERO);
	CHECK_INT(run_int(&run, "e5"), 0);
	CHECK_INT(run_int(&run, "i"), FRONT_ERROR_PROBE);
	run_close(&run);
}

/* A page that is there only after it is touched. */
static void
test_sleepable(void)
{
	const size_t page = 4096;
	char name[] = "/tmp/gen_test_XXXXXX", *p;
	int fd = mkstemp(name);

	set_options();
	CHECK(fd >= 0 && ftruncate(fd, 3 * (off_t)page) == 0);
	CHECK(pwrite(fd, "across pages", 12, (off_t)page - 6) == 12);
	p = mmap(NULL, 3 * page, PROT_READ, MAP_SHARED, fd, 0);
	run.arg[0] = (uint64_t)(uintptr_t)p + page - 6;
	fire("BEGIN { s = stringof(arg0); }");
	CHECK_STR(run_str(&run, "s"), "");
	CHECK_INT(run.nrecord, 1);	/* a fault, never an empty string */
	run_close(&run);
	run.is_sleepable = true;
	fire("BEGIN { s = stringof(arg0); x = 1; }");
	CHECK_STR(run_str(&run, "s"), "across pages");
	CHECK_INT(run.nrecord, 0);
	run_close(&run);
	run.arg[0] = 16;
	fire("BEGIN { s = stringof(arg0); }");
	CHECK_INT(run.nrecord, 1);
	run_close(&run);
	munmap(p, 3 * page);
	close(fd);
	unlink(name);
}

static uint64_t value[2048], key[512];

static void
aggr(const char *expr, uint64_t arg)
{
	char text[256];

	set_options();
	run.arg[0] = arg;
	snprintf(text, sizeof(text), "BEGIN { @a = %s; }", expr);
	memset(value, 0, sizeof(value));
	fire(text);
	run_fire(&run);
	CHECK_INT(run_aggr(&run, "a", key, value), 1);
	memmove(value, value + 1, sizeof(value) - 8);	/* behind `used` */
	run_close(&run);
}

static void
test_quantize_bucket(int64_t v, int bucket)
{
	aggr("quantize(arg0)", (uint64_t)v);
	if (!CHECK_INT(value[bucket], 2))
		printf("# quantize(%lld): not in bucket %d\n", (long long)v, bucket);
}

static void
test_lquantize_bucket(int64_t v, int bucket)
{
	aggr("lquantize(arg0, -10, 100, 7)", (uint64_t)v);
	if (!CHECK_INT(value[bucket], 2))
		printf("# lquantize(%lld): not in bucket %d\n", (long long)v, bucket);
}

static void
test_aggregations(void)
{
	static const int64_t quantize[][2] = {
		{ 0, 63 }, { 1, 64 }, { 2, 65 }, { 3, 65 }, { 4, 66 }, { 1023, 73 }, { 1024, 74 },
		{ -1, 62 }, { -2, 61 }, { -3, 61 }, { -4, 60 }, { INT64_MAX, 126 },
		{ INT64_MIN, 0 }, { INT64_MIN + 1, 0 },
	};
	static const int64_t lquantize[][2] = {
		{ -11, 0 }, { INT64_MIN, 0 }, { -10, 1 }, { -4, 1 }, { -3, 2 }, { 0, 2 },
		{ 94, 15 }, { 95, 16 }, { 100, 16 }, { INT64_MAX, 16 },
	};

	aggr("count()", 0);
	CHECK_INT(value[0], 2);
	aggr("sum(arg0)", (uint64_t)-5);
	CHECK_INT(value[0], -10);
	aggr("avg(arg0)", 5);
	CHECK_INT(value[0], 2);
	CHECK_INT(value[1], 10);
	for (size_t i = 0; i < sizeof(quantize) / sizeof(quantize[0]); i++)
		test_quantize_bucket(quantize[i][0], (int)quantize[i][1]);
	for (size_t i = 0; i < sizeof(lquantize) / sizeof(lquantize[0]); i++)
		test_lquantize_bucket(lquantize[i][0], (int)lquantize[i][1]);
	aggr("quantize(arg0, -3)", 1);
	CHECK_INT(value[64], -6);
	aggr("lquantize(arg0, 0, 10, 1, arg0)", 4);
	CHECK_INT(value[5], 8);
}

static void
test_extremes(void)
{
	set_options();
	run.arg[0] = (uint64_t)-4;
	fire("int64_t x;\nBEGIN { @a = min(x); @b = max(x); @c = min((uint64_t)arg0);\n"
	    "@d = max(arg0);\n"
	    "@d = max(arg0 - 1); x++; @d = max(arg0 + 1); }");
	run_fire(&run);
	run_fire(&run);
	run_aggr(&run, "a", key, value);
	CHECK_INT(value[0], 0);
	run_aggr(&run, "b", key, value);
	CHECK_INT(value[0], 2);
	run_aggr(&run, "c", key, value);
	CHECK_INT(value[0], -4);
	run_aggr(&run, "d", key, value);
	CHECK_INT(value[0], -3);
	run_close(&run);
}

static void
test_keys(void)
{
	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)"first";
	run.arg[1] = (uint64_t)-1;
	fire("#pragma D option strsize=16\n"
	    "BEGIN { s = \"a longer string than the other\";\n"
	    "@k[stringof(arg0), (int)arg1] = count(); @k[s, 1] = count();\n"
	    "@k[stringof(arg0), (int)arg1] = count();\n"
	    "n[0] = 0; n[n[0]] = 1; @m[n[n[5]]] = count(); }");
	CHECK_INT(aggr_key_bytes(run_var(&run, VAR_AGGR, "k")), 8 + 16 + 8);
	CHECK_INT(run_aggr(&run, "k", key, value), 2);
	CHECK_INT(value[0] == 2 || value[0] == 1, 1);
	CHECK(key[0] < run.opts.ncpu);
	CHECK_STR((const char *)&key[1], value[0] == 2 ? "first" : "a longer string");
	CHECK_INT(value[0] == 2 ? key[2] : 0, 0);
	CHECK_INT(key[3], value[0] == 2 ? -1 : 1);
	CHECK_INT(run_aggr(&run, "m", key, value), 1);
	CHECK_INT(key[1], 1);
	run_close(&run);
	fire("int x;\nBEGIN { @k[x] = count(); x++; }");
	for (int i = 0; i < 70; i++)
		run_fire(&run);
	CHECK_INT(run_drops(&run, DROP_AGGREGATION), 71 - 64);
	run_close(&run);
}

static void
test_builtins(void)
{
	static const char text[] =
	    "BEGIN { p = pid; t = tid; u = uid; g = gid; n = execname; c = cpu; ts = timestamp;\n"
	    "ts2 = timestamp; w = walltimestamp; i = id; e = epid; pp = ppid; f = probefunc;\n"
	    "q = probeprov == \"prov\" && probemod == \"\" && probename == \"name-of-it\";\n"
	    "r = probename == \"name\" || execname == \"gen_record\"; z = strlen(probename); }";
	struct btf_member_query q[] = {
		{ "group_leader", 0 }, { "comm", 0 }, { "real_parent", 0 }, { "tgid", 0 },
	};

	set_options();
	run.opts.wall_offset_ns = 1000;
	btf_member_offsets("task_struct", q, 4);
	run.opts.task_group_leader = q[0].off;
	run.opts.task_comm = q[1].off;
	run.opts.task_real_parent = q[2].off;
	run.opts.task_tgid = q[3].off;
	CHECK(run.opts.task_comm > 0 && run.opts.task_group_leader > 0);
	CHECK(run_open(&run, text) == 0);
	run_name_probe(&run, FRONT_PROBE, "prov", "", "function", "name-of-it");
	CHECK_INT(run_fire(&run), 0);
	CHECK_INT(run_int(&run, "p"), getpid());
	CHECK_INT(run_int(&run, "t"), getpid());
	CHECK_INT(run_int(&run, "u"), getuid());
	CHECK_INT(run_int(&run, "g"), getgid());
	CHECK_INT(run_int(&run, "pp"), getppid());
	CHECK(strncmp(run_str(&run, "n"), "gen_record", 10) == 0);
	CHECK(run_int(&run, "ts") > 0);
	CHECK_INT(run_int(&run, "ts2"), run_int(&run, "ts"));
	CHECK_INT(run_int(&run, "w"), run_int(&run, "ts") + 1000);
	CHECK_INT(run_int(&run, "i"), FRONT_PROBE);
	CHECK_INT(run_int(&run, "e"), (int64_t)FRONT_PROBE << 32);
	CHECK_STR(run_str(&run, "f"), "function");
	CHECK_INT(run_int(&run, "q"), 1);
	CHECK_INT(run_int(&run, "r"), 0);
	CHECK_INT(run_int(&run, "z"), 10);
	run_close(&run);
}

static void *
other_thread(void *arg)
{
	(void)arg;
	run_fire(&run);
	run_fire(&run);
	return NULL;
}

static void
test_threads(void)
{
	pthread_t t;

	set_options();
	fire("self string s;\nBEGIN { self->n++; x = self->n;\n"
	    "self->s = self->s == NULL ? \"ab\" : strjoin(self->s, \"ab\"); s = self->s; }");
	CHECK_INT(pthread_create(&t, NULL, other_thread, NULL), 0);
	pthread_join(t, NULL);
	CHECK_INT(run_int(&run, "x"), 2);
	CHECK_STR(run_str(&run, "s"), "abab");
	run_fire(&run);
	CHECK_INT(run_int(&run, "x"), 2);
	run_fire(&run);
	CHECK_INT(run_int(&run, "x"), 3);
	CHECK_STR(run_str(&run, "s"), "ababab");
	run_close(&run);
}

/* A program that interrupts another has a state of its own, up to the last level. */
static void
test_levels(void)
{
	set_options();
	fire("int x;\nBEGIN { x++; trace(x); }");
	for (uint32_t level = 0; level < STATE_LEVELS; level++) {
		run_set_busy(&run, level, STATE_BUSY);
		run_fire(&run);
	}
	CHECK_INT(run_int(&run, "x"), STATE_LEVELS);
	CHECK_INT(run.nrecord, STATE_LEVELS);
	CHECK_INT(run_drops(&run, DROP_PRINCIPAL), 1);
	run_set_busy(&run, 3, STATE_FREE);
	run_fire(&run);
	CHECK_INT(run_int(&run, "x"), STATE_LEVELS + 1);
	run_close(&run);
}

/* Nothing is ever lost in silence. */
static void
test_ring_full(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	set_options();
	fire("int x;\nBEGIN { trace(x); s = \"x\"; t = strjoin(s, s); trace(t); x++; }");
	for (int i = 0; i < 6000; i++)
		bpf_prog_test_run_opts(run.prog_fd, &opts);
	CHECK(run_drops(&run, DROP_PRINCIPAL) > 0);
	CHECK_INT(run_int(&run, "x"), 6001);
	run.nrecord = 0;
	CHECK_INT(6000 - (int64_t)run_drops(&run, DROP_PRINCIPAL),
	    ring_buffer__consume(run.ring));
	run_close(&run);
}

static void
test_many_clauses(void)
{
	static char text[1 << 18];

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)"name";
	for (int i = 0; i < 200; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "BEGIN /stringof(arg0) == \"name\" && arg1 < %d/ { self->x = arg1 + %d;\n"
		    "x[arg1] += 2; if (self->x > 3) trace(arg1);\n"
		    "@q[execname] = quantize(self->x); n++; }\n", i + 1, i);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "ERROR { trace(arg4); }\n");
	fire(text);
	CHECK_INT(run_int(&run, "n"), 200);
	printf("# 200 clauses: %u instructions verified\n", run.verified);
	CHECK(run.verified < 300000);
	run_close(&run);
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # skip needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_records();
	test_speculation();
	test_branches();
	test_exit();
	test_fault();
	test_sleepable();
	test_aggregations();
	test_extremes();
	test_keys();
	test_builtins();
	test_threads();
	test_levels();
	test_ring_full();
	test_many_clauses();
	return tap_done();
}
