# Dipper: one Makefile, non-recursive. `make help` lists the targets.
CC ?= gcc
PREFIX ?= /usr/local
DESTDIR ?=
B ?= build

CPPFLAGS += -I. -D_GNU_SOURCE -include base/banned.h
WARN = -Wall -Wextra -Wshadow -Wconversion -Werror
CFLAGS ?= -O2 -g
LDLIBS = -lbpf -lelf -ldw
SAN ?=

LAYERS = base type lang ir rec gen os prov run
SRC := $(wildcard $(addsuffix /*.c,$(LAYERS)))
OBJ := $(SRC:%.c=$B/%.o)
CMD := $(patsubst %.c,$B/%.o,$(wildcard cmd/*.c))
LIB := $B/libdt.a
UNIT := $(patsubst test/unit/%.c,$B/unit/%,$(wildcard test/unit/*_test.c))

all: $B/dtrace

$B/dtrace: $(CMD) $(LIB)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(CMD) $(LIB) $(LDLIBS)

$(LIB): $(OBJ)
	@rm -f $@
	$(AR) rcs $@ $(OBJ)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CPPFLAGS) $(WARN) $(CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

$B/unit/%: test/unit/%.c test/unit/tap.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CPPFLAGS) $(WARN) $(CFLAGS) $(SAN) -o $@ $< $(LIB) $(LDLIBS)

clean:
	rm -rf $B

-include $(OBJ:.o=.d) $(CMD:.o=.d)
.PHONY: all clean
