# Dipper: one Makefile, non-recursive.  `make help` lists the targets.
ifeq ($(origin CC),default)
CC = gcc
endif
PREFIX ?= /usr/local
DESTDIR ?=
B ?= build

CPPFLAGS += -I. -D_GNU_SOURCE -include base/banned.h
WARN = -Wall -Wextra -Wshadow -Wconversion -Werror
CFLAGS ?= -O2 -g
LDLIBS = -lbpf -lelf -ldw
SAN ?=
COMPILE = $(CC) -std=gnu11 $(CPPFLAGS) $(WARN) $(CFLAGS) $(SAN) -MMD -MP

LAYERS = base type lang ir rec gen os prov interp run
SRC := $(wildcard $(addsuffix /*.c,$(LAYERS)))
OBJ := $(SRC:%.c=$B/%.o)
CMD := $(patsubst %.c,$B/%.o,$(wildcard cmd/*.c))
LIB := $B/libdt.a

# The libraries for programs that add probes to themselves: position-independent, libc only.
USDT := $(patsubst %.c,$B/%.o,$(filter-out usdt/compat.c,$(wildcard usdt/*.c)))
COMPAT := $B/usdt/compat.o
USDT_LIBS := $B/libusdt.so.0 $B/libstapsdt.so.0 $B/libusdt.a
LIBDIR ?= lib
DEST_LIB = $(DESTDIR)$(PREFIX)/$(LIBDIR)
DEST_SHARE = $(DESTDIR)$(PREFIX)/share

UNIT := $(patsubst test/unit/%.c,$B/unit/%,$(wildcard test/unit/*_test.c))
TOOL := $(patsubst test/tool/%.c,$B/tool/%,$(wildcard test/tool/*.c))
# Programs and objects that are traced: on their own, as a user's would be.
TARGET_SO := $(patsubst test/e2e/%_so.c,$B/e2e/%.so,$(wildcard test/e2e/*_so.c))
TARGET := $(patsubst test/e2e/%.c,$B/e2e/%,$(filter-out %_so.c,$(wildcard test/e2e/*.c)))
PROGRAM := $(patsubst test/usdt/%.c,$B/usdt/%,$(wildcard test/usdt/*.c))
BENCH := $(addprefix $B/bench/,funcloop usdtloop usdtloop5 many1 many100 many1000 many10000 usdt_fire usdt_original usdt_static \
	stackloop_fp stackloop_nofp)
FUZZ := $(patsubst test/fuzz/%.c,$B/fuzz/%,$(wildcard test/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 10
SOAK_SECONDS ?= 3600
SOAK_SEED ?= 1000000

ROOT = $B/root/bullseye/.complete
ROOTS = $(ROOT) $B/root/trixie/.complete $B/root/sid/.complete
ALL_ROOTS = $(ROOTS) $B/root/focal/.complete $B/root/jammy/.complete $B/root/noble/.complete
# Built from source: version, how it is linked, and how it is optimized.
PYTHON_BUILDS = 3.8-static-O2 3.9-static-O1 3.10-static-O2 3.10-shared-O2 3.12-static-O2 \
	3.13-static-O1 3.14-shared-O2 3.14t-static-O3 3.14t-shared-O2
MAN = man/dtrace.8
MAN3 = man/usdt.3 man/libstapsdt.3
PYTHON ?= python3
EXAMPLES := $(wildcard examples/*/*.d)
JOBS ?= $(shell nproc)
SUB = $(MAKE) --no-print-directory -j$(JOBS)

all: $B/dtrace lib	## build dtrace and the libraries (the default)

lib: $(USDT_LIBS)	## build libusdt and libstapsdt only

# How to build things -----------------------------------------------------------------------------

$B/dtrace: $(CMD) $(LIB)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(CMD) $(LIB) $(LDLIBS)

$(LIB): $(OBJ)
	@rm -f $@
	$(AR) rcs $@ $(OBJ)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# The D libraries of our own become a part of the program: a name and a text for each.
$B/run/library.o: $B/dlib.inc
$B/run/library.o: CPPFLAGS += -I$B

# Names of registers are those of the machine.
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
DLIB := $(sort $(filter-out dlib/regs_%.d,$(wildcard dlib/*.d)) $(wildcard dlib/regs_$(MACHINE).d))

$B/dlib.inc: $(DLIB) Makefile
	@mkdir -p $B
	@for f in $(filter %.d,$^); do \
		echo "{ \"$${f##*/}\","; sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	done >$@

# So does the agent of -x pyagent.
$B/run/agent.o: $B/agent.inc
$B/run/agent.o: CPPFLAGS += -I$B

$B/agent.inc: python/agent.py Makefile
	@mkdir -p $B
	@sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

$(USDT) $(COMPAT): CFLAGS += -fPIC

$B/lib%.so.0: usdt/lib%.map
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=$< -Wl,-z,now \
		-o $@ $(filter %.o,$^) -pthread
	ln -sf $(@F) $(@:.0=)

$B/libusdt.so.0: $(USDT)
$B/libstapsdt.so.0: $(USDT) $(COMPAT)

# One object, so that nothing but the interface is visible outside.
$B/libusdt.a: $(USDT)
	$(CC) -r -nostdlib -o $B/usdt/all.o $(USDT)
	objcopy -w -G 'usdt_*' $B/usdt/all.o
	@rm -f $@
	$(AR) rcs $@ $B/usdt/all.o

# The tracer's ELF reader alone: the libraries and the tracer are never in one program, and may
# have functions of the same name.
$B/unit/usdt_test $B/unit/usdt_image_test $B/fuzz/fuzz_image: LIB = $B/os/elf.o $(filter $B/base/%,$(OBJ)) $(USDT)
$B/unit/usdt_test $B/unit/usdt_image_test $B/fuzz/fuzz_image: $(USDT)

$B/unit/%: test/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $< $(LIB) $(LDLIBS)

$B/tool/%: test/tool/%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $< $(LIB) $(LDLIBS)

$B/e2e/%: test/e2e/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -I. -D_GNU_SOURCE $(WARN) -O2 -g -MMD -MP -o $@ $< $(LINK) -pthread

$B/e2e/linked: $B/e2e/plug.so
$B/e2e/linked: LINK = $B/e2e/plug.so '-Wl,-rpath,$$ORIGIN'

$B/e2e/%.so: test/e2e/%_so.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -shared -fPIC -MMD -MP -o $@ $<

# Against the shared libraries as they are installed, with the headers alone.
$B/usdt/%: test/usdt/%.c $(USDT_LIBS)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -MMD -MP -o $@ $< -L$B -Wl,--as-needed -lusdt -lstapsdt \
		-Wl,-rpath,'$$ORIGIN/..' -pthread

$B/fuzz/%: test/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) -fsanitize=fuzzer -o $@ $< $(LIB) $(LDLIBS)

$B/bench/usdtloop5: test/bench/usdtloop.c
	@mkdir -p $(@D)
	$(CC) -O2 $(WARN) -DNOP5 -o $@ $<

$B/bench/stackloop_fp: CFLAGS += -fno-omit-frame-pointer
$B/bench/stackloop_%: test/bench/stackloop.c
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $<

$B/bench/many%: test/bench/manyprobes.c
	@mkdir -p $(@D)
	$(CC) -O2 $(WARN) -DN=$* -o $@ $<

$B/bench/usdt_fire: USDT_OF = -lusdt
$B/bench/usdt_original: USDT_OF = -DORIGINAL -lstapsdt
$B/bench/usdt_static: USDT_OF = -DSTATIC
$B/bench/usdt_%: test/bench/usdt_fire.c $(USDT_LIBS)
	@mkdir -p $(@D)
	$(CC) -O2 $(WARN) -Iinclude -Itest/usdt -o $@ $< -L$B $(USDT_OF) -Wl,-rpath,'$$ORIGIN/..'

$B/bench/%: test/bench/%.c
	@mkdir -p $(@D)
	$(CC) -O2 $(WARN) -o $@ $<

$B/root/%/.complete:
	@B=$B tools/step 'Unpacking the Pythons of $* into $B/root/$*' tools/python-root $*

$B/root/src-%/.complete:
	@B=$B tools/step 'Building Python $* in $B/root/src-$*' tools/python-build \
		$(subst -, ,$*)

# What to do with them ----------------------------------------------------------------------------

install: all install-lib install-python	## into $(DESTDIR)$(PREFIX): sbin/dtrace, libraries, manual pages, examples
	install -D -m 755 $B/dtrace $(DESTDIR)$(PREFIX)/sbin/dtrace
	install -D -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man8/dtrace.8
	install -D -m 644 include/dipper/sdt.h $(DESTDIR)$(PREFIX)/include/dipper/sdt.h
	for file in $(EXAMPLES); do \
		install -D -m 755 $$file $(DEST_SHARE)/doc/dipper/$$file || exit; \
	done

install-lib: lib	## only libusdt and libstapsdt, their headers and manual pages
	install -d $(DEST_LIB)/pkgconfig $(DEST_SHARE)/man/man3 $(DESTDIR)$(PREFIX)/include
	install -m 644 include/usdt.h include/libstapsdt.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(MAN3) $(DEST_SHARE)/man/man3
	install -m 644 $B/libusdt.a $(DEST_LIB)
	for lib in libusdt libstapsdt; do \
		install -m 755 $B/$$lib.so.0 $(DEST_LIB) && \
		ln -sf $$lib.so.0 $(DEST_LIB)/$$lib.so && \
		sed 's,@prefix@,$(PREFIX),; s,@libdir@,$(LIBDIR),' usdt/$$lib.pc.in \
			>$(DEST_LIB)/pkgconfig/$$lib.pc || exit; \
	done

install-python:		## only the module stapsdt for $(PYTHON), if its headers are there
	CC='$(CC)' $(PYTHON) python/backend.py install '$(PREFIX)' '$(DESTDIR)'
	install -D -m 644 man/stapsdt.3 $(DEST_SHARE)/man/man3/stapsdt.3

uninstall:		## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/include/usdt.h $(DESTDIR)$(PREFIX)/include/libstapsdt.h
	rm -f $(addprefix $(DEST_SHARE)/man/man3/,$(notdir $(MAN3)) stapsdt.3)
	-$(PYTHON) python/backend.py uninstall '$(PREFIX)' '$(DESTDIR)'
	rm -f $(DEST_LIB)/libusdt.a $(foreach lib,libusdt libstapsdt,$(addprefix $(DEST_LIB)/,\
		$(lib).so.0 $(lib).so pkgconfig/$(lib).pc))
	rm -f $(DESTDIR)$(PREFIX)/sbin/dtrace $(DESTDIR)$(PREFIX)/share/man/man8/dtrace.8
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/dipper $(DESTDIR)$(PREFIX)/include/dipper

demo:			## trace a running Python program, from nothing
	@tools/deps demo
	@tools/step 'Building dtrace' $(SUB) B=$B all
	@$(SUB) B=$B $(ROOT)
	@B=$B test/python/demo

check:			## all tests, from nothing
	@tools/deps test
	@tools/step 'Building dtrace and the tests' $(SUB) B=$B check-build
	@$(SUB) B=$B $(ROOTS)
	@B=$B test/run

check-pythons:		## the tests of Python's functions, on every CPython from 3.7 on: built, packaged, with pyenv
	@tools/deps test
	@tools/step 'Building dtrace and the tests' $(SUB) B=$B check-build
	@$(MAKE) --no-print-directory B=$B $(ALL_ROOTS) $(PYTHON_BUILDS:%=$B/root/src-%/.complete)
	@B=$B PYTHONS=all TEST_SECONDS=600 test/run 'synth_*' true_args dist_calls 'conformance*' frames arguments ustack

check-kernels:		## the tests that trace, on the kernels of Debian 12 and 13, in an emulated machine
	@tools/deps kernels
	@tools/step 'Building dtrace and the tests' $(SUB) B=$B check-build
	@$(SUB) B=$B $(ROOT)
	@B=$B tools/step 'Making a system for them' test/kernels/image
	@B=$B TEST_SECONDS=1200 test/run kernels

check-build: all $(UNIT) $(TOOL) $(TARGET) $(TARGET_SO) $(PROGRAM)

bless:			## rewrite the golden files from what the tools print now
	@$(SUB) B=$B $(TOOL)
	@B=$B test/run --bless

ASAN = B=build/asan SAN='-fsanitize=address,undefined -fno-sanitize-recover=all'
asan:			## the tests that need no root, with ASan and UBSan
	@tools/step 'Building the tests with ASan and UBSan' $(SUB) $(ASAN) asan-build
	@B=build/asan test/run unit lang ir gen

# Not those that take long, or that leave no room for what the sanitizers need.
ASAN_E2E = $(addprefix e2e/,aggregations define_options dump faults follow functions json language \
	library net options pid pid_objects print printf proc quantize speculation stack strings structs \
	translators two_processes unwind usdt_args usdt_loads usdt_many_late ustack_names) \
	$(addprefix python/,between frames probes synth_args)
asan-e2e:		## the tracer with ASan and UBSan in some tests that trace (root)
	@tools/step 'Building dtrace and the tests' $(SUB) B=$B check-build
	@tools/step 'Building dtrace with ASan and UBSan' $(SUB) $(ASAN) build/asan/dtrace
	@$(SUB) B=$B $(ROOTS)
	@B=$B DTRACE=build/asan/dtrace TEST_SECONDS=200 test/run $(ASAN_E2E)

asan-build: $(UNIT) $(TOOL)

clang:			## build everything with clang
	@tools/step 'Building with clang' $(SUB) B=build/clang CC=clang check-build

fuzz:			## each fuzzer for $(FUZZ_SECONDS) seconds
	@tools/step 'Building the fuzzers' $(SUB) B=build/fuzz CC=clang \
		SAN='-fsanitize=fuzzer-no-link,address,undefined' fuzz-build
	@B=build/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) test/fuzz/run

fuzz-build: $(FUZZ)

soak:			## random D programs in the kernel, for $(SOAK_SECONDS) seconds, from seed $(SOAK_SEED) on
	@tools/step 'Building dtrace and the tests' $(SUB) B=$B check-build
	@B=$B RANDOM_SECONDS=$(SOAK_SECONDS) RANDOM_SEED=$(SOAK_SEED) test/e2e/random.sh

bench:			## speed and memory, side by side with bpftrace
	@tools/deps bench
	@tools/step 'Building dtrace and the benchmark programs' $(SUB) B=$B all $(BENCH)
	@$(SUB) B=$B $(ROOT)
	@B=$B test/bench/run

clean:			## remove the build directory
	rm -rf $B

help:			## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 16

-include $(OBJ:.o=.d) $(USDT:.o=.d) $(COMPAT:.o=.d) $(CMD:.o=.d) $(UNIT:=.d) $(TOOL:=.d) $(TARGET:=.d) $(TARGET_SO:.so=.d)
.PHONY: all lib install install-lib install-python uninstall demo check check-kernels check-pythons check-build bless asan asan-e2e asan-build clang fuzz fuzz-build soak \
	bench clean help
.SECONDARY:
