/*
 * DTRACE_PROBE(provider, name), DTRACE_PROBE1(provider, name, arg) … DTRACE_PROBE12: one nop, and
 * a note in .note.stapsdt that says where it is and where the arguments are. What dtrace -h writes
 * includes this where the system has no <sys/sdt.h> (SystemTap's, the same macros and notes).
 * Both in one file: the first one wins.
 *
 * Arguments are integers, pointers and floating-point values (their raw bytes). With
 * _SDT_HAS_SEMAPHORES defined before, each probe has a semaphore, PROVIDER_NAME_semaphore, an
 * unsigned short in section .probes that is not 0 while somebody traces.
 */
#ifndef DIPPER_SDT_H
#define DIPPER_SDT_H

#ifndef _SYS_SDT_H
#define _SYS_SDT_H 1

#pragma GCC system_header

/* Where the compiler may leave an argument: "n" constant, "o" memory, "r" register. */
#ifndef STAP_SDT_ARG_CONSTRAINT
#define STAP_SDT_ARG_CONSTRAINT nor
#endif
#define _DIPPER_STR(x) #x
#define _DIPPER_XSTR(x) _DIPPER_STR(x)

#if __SIZEOF_POINTER__ == 8
#define _DIPPER_ADDR ".8byte "
#else
#define _DIPPER_ADDR ".4byte "
#endif

/* The size of an argument, negative for unsigned types: %n prints it with the other sign. */
#ifdef __cplusplus
extern "C++" {
template <typename T> struct _dipper_arg { enum { size = -(int)sizeof(T) }; };
template <typename T> struct _dipper_arg<const T> : _dipper_arg<T> {};
template <typename T> struct _dipper_arg<volatile T> : _dipper_arg<T> {};
template <typename T> struct _dipper_arg<const volatile T> : _dipper_arg<T> {};
template <typename T> struct _dipper_arg<T &> : _dipper_arg<T> {};
template <typename T> struct _dipper_arg<T[]> : _dipper_arg<T *> {};
template <typename T, __SIZE_TYPE__ N> struct _dipper_arg<T[N]> : _dipper_arg<T *> {};
template <typename T, __SIZE_TYPE__ N> struct _dipper_arg<const T[N]> : _dipper_arg<T *> {};
#define _DIPPER_SIGNED(T) \
	template <> struct _dipper_arg<T> { enum { size = (T)-1 < (T)1 ? (int)sizeof(T) \
	    : -(int)sizeof(T) }; }
_DIPPER_SIGNED(char);
_DIPPER_SIGNED(signed char);
_DIPPER_SIGNED(wchar_t);
_DIPPER_SIGNED(short);
_DIPPER_SIGNED(int);
_DIPPER_SIGNED(long);
_DIPPER_SIGNED(long long);
}
#define _DIPPER_SIZE(x) (_dipper_arg<__typeof__(x)>::size)
#else
/* Of the value of x: an array is a pointer, a small integer stays small. Class 5: pointers, 8:
 * floating point; neither has a sign that matters. */
#define _DIPPER_TYPE(x) __typeof__(((void)0, (x)))
#define _DIPPER_IS_INT(x) \
	(__builtin_classify_type(x) != 5 && __builtin_classify_type(x) != 8)
#define _DIPPER_IS_SIGNED(x) \
	((__typeof__(__builtin_choose_expr(_DIPPER_IS_INT(x), (x), 0U)))-1 \
	    < (__typeof__(__builtin_choose_expr(_DIPPER_IS_INT(x), (x), 0U)))1)
#define _DIPPER_SIZE(x) \
	(_DIPPER_IS_SIGNED(x) ? (int)sizeof(_DIPPER_TYPE(x)) : -(int)sizeof(_DIPPER_TYPE(x)))
#endif

#ifdef _SDT_HAS_SEMAPHORES
#define _DIPPER_SEMAPHORE(prov, name) prov "_" name "_semaphore"
/* Link-time optimisation must see that the semaphore is used. */
#define _DIPPER_USE(semaphore) __asm__ __volatile__("" : : "m" (semaphore));
#else
#define _DIPPER_SEMAPHORE(prov, name) "0"
#define _DIPPER_USE(semaphore)
#endif

/* The note: three addresses, then the names and where the arguments are. "?": it goes and stays
 * with the function, also one that the linker keeps only once. */
#define _DIPPER_NOTE(prov, name, args) \
	"990: nop\n" \
	".pushsection .note.stapsdt,\"?\",\"note\"\n" \
	".balign 4\n" \
	".4byte 992f-991f, 994f-993f, 3\n" \
	"991: .asciz \"stapsdt\"\n" \
	"992: .balign 4\n" \
	"993: " _DIPPER_ADDR "990b\n" \
	_DIPPER_ADDR "_.stapsdt.base\n" \
	_DIPPER_ADDR _DIPPER_SEMAPHORE(prov, name) "\n" \
	".asciz \"" prov "\"\n" \
	".asciz \"" name "\"\n" \
	".asciz \"" args "\"\n" \
	"994: .balign 4\n" \
	".popsection\n"

/* An address that every object has once: how far the object was moved after the notes were
 * written. */
#define _DIPPER_BASE \
	".ifndef _.stapsdt.base\n" \
	".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
	".weak _.stapsdt.base\n" \
	".hidden _.stapsdt.base\n" \
	"_.stapsdt.base: .space 1\n" \
	".size _.stapsdt.base, 1\n" \
	".popsection\n" \
	".endif\n"

#define _DIPPER_PROBE(prov, name, semaphore, n, list) \
	do { \
		_DIPPER_USE(semaphore) \
		__asm__ __volatile__(_DIPPER_NOTE(prov, name, _DIPPER_TEXT##n) _DIPPER_BASE \
		    : : _DIPPER_OPS##n list); \
	} while (0)

/* Argument i in the note, size@place, and the operands that fill that in. */
#define _DIPPER_T(i) "%n[s" #i "]@%[a" #i "]"
#define _DIPPER_O(i, x) \
	[s##i] "n" (_DIPPER_SIZE(x)), [a##i] _DIPPER_XSTR(STAP_SDT_ARG_CONSTRAINT) (x)

#define _DIPPER_TEXT0 ""
#define _DIPPER_TEXT1 _DIPPER_T(1)
#define _DIPPER_TEXT2 _DIPPER_TEXT1 " " _DIPPER_T(2)
#define _DIPPER_TEXT3 _DIPPER_TEXT2 " " _DIPPER_T(3)
#define _DIPPER_TEXT4 _DIPPER_TEXT3 " " _DIPPER_T(4)
#define _DIPPER_TEXT5 _DIPPER_TEXT4 " " _DIPPER_T(5)
#define _DIPPER_TEXT6 _DIPPER_TEXT5 " " _DIPPER_T(6)
#define _DIPPER_TEXT7 _DIPPER_TEXT6 " " _DIPPER_T(7)
#define _DIPPER_TEXT8 _DIPPER_TEXT7 " " _DIPPER_T(8)
#define _DIPPER_TEXT9 _DIPPER_TEXT8 " " _DIPPER_T(9)
#define _DIPPER_TEXT10 _DIPPER_TEXT9 " " _DIPPER_T(10)
#define _DIPPER_TEXT11 _DIPPER_TEXT10 " " _DIPPER_T(11)
#define _DIPPER_TEXT12 _DIPPER_TEXT11 " " _DIPPER_T(12)

#define _DIPPER_OPS0()
#define _DIPPER_OPS1(a) \
	_DIPPER_O(1, a)
#define _DIPPER_OPS2(a, b) \
	_DIPPER_OPS1(a), _DIPPER_O(2, b)
#define _DIPPER_OPS3(a, b, c) \
	_DIPPER_OPS2(a, b), _DIPPER_O(3, c)
#define _DIPPER_OPS4(a, b, c, d) \
	_DIPPER_OPS3(a, b, c), _DIPPER_O(4, d)
#define _DIPPER_OPS5(a, b, c, d, e) \
	_DIPPER_OPS4(a, b, c, d), _DIPPER_O(5, e)
#define _DIPPER_OPS6(a, b, c, d, e, f) \
	_DIPPER_OPS5(a, b, c, d, e), _DIPPER_O(6, f)
#define _DIPPER_OPS7(a, b, c, d, e, f, g) \
	_DIPPER_OPS6(a, b, c, d, e, f), _DIPPER_O(7, g)
#define _DIPPER_OPS8(a, b, c, d, e, f, g, h) \
	_DIPPER_OPS7(a, b, c, d, e, f, g), _DIPPER_O(8, h)
#define _DIPPER_OPS9(a, b, c, d, e, f, g, h, i) \
	_DIPPER_OPS8(a, b, c, d, e, f, g, h), _DIPPER_O(9, i)
#define _DIPPER_OPS10(a, b, c, d, e, f, g, h, i, j) \
	_DIPPER_OPS9(a, b, c, d, e, f, g, h, i), _DIPPER_O(10, j)
#define _DIPPER_OPS11(a, b, c, d, e, f, g, h, i, j, k) \
	_DIPPER_OPS10(a, b, c, d, e, f, g, h, i, j), _DIPPER_O(11, k)
#define _DIPPER_OPS12(a, b, c, d, e, f, g, h, i, j, k, l) \
	_DIPPER_OPS11(a, b, c, d, e, f, g, h, i, j, k), _DIPPER_O(12, l)

/* Names are made strings here, before macros of the same name are expanded. */
#define DTRACE_PROBE(prov, name) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 0, ())
#define DTRACE_PROBE1(prov, name, a) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 1, (a))
#define DTRACE_PROBE2(prov, name, a, b) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 2, (a, b))
#define DTRACE_PROBE3(prov, name, a, b, c) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 3, (a, b, c))
#define DTRACE_PROBE4(prov, name, a, b, c, d) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 4, (a, b, c, d))
#define DTRACE_PROBE5(prov, name, a, b, c, d, e) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 5, (a, b, c, d, e))
#define DTRACE_PROBE6(prov, name, a, b, c, d, e, f) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 6, (a, b, c, d, e, f))
#define DTRACE_PROBE7(prov, name, a, b, c, d, e, f, g) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 7, (a, b, c, d, e, f, g))
#define DTRACE_PROBE8(prov, name, a, b, c, d, e, f, g, h) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 8, (a, b, c, d, e, f, g, h))
#define DTRACE_PROBE9(prov, name, a, b, c, d, e, f, g, h, i) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 9, (a, b, c, d, e, f, g, h, i))
#define DTRACE_PROBE10(prov, name, a, b, c, d, e, f, g, h, i, j) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 10, (a, b, c, d, e, f, g, h, i, j))
#define DTRACE_PROBE11(prov, name, a, b, c, d, e, f, g, h, i, j, k) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 11, \
	    (a, b, c, d, e, f, g, h, i, j, k))
#define DTRACE_PROBE12(prov, name, a, b, c, d, e, f, g, h, i, j, k, l) \
	_DIPPER_PROBE(#prov, #name, prov##_##name##_semaphore, 12, \
	    (a, b, c, d, e, f, g, h, i, j, k, l))

#endif /* _SYS_SDT_H */
#endif
