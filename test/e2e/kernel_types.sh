#!/bin/sh
# The kernel's types by name, curthread, and memory of the kernel through its pointers.
. test/e2e/lib.sh
[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not tell its types"
cat >"$tmp/prog.d" <<'E'
#pragma D option quiet
syscall::getppid:entry
/pid == $target/
{
	printf("%d %d %d\n", curthread->pid == tid, curthread->tgid == pid,
	    curthread->comm == execname);
	printf("%d %s\n", curthread->real_parent->tgid == ppid, stringof(curthread->comm));
	self->t = curthread;
	this->copy = *curthread->real_parent;
	printf("%d %d\n", this->copy.tgid == ppid, self->t->parent->pid == this->copy.pid);
	printf("%d\n", ((struct task_struct *)((uintptr_t)curthread->tasks.next -
	    offsetof(struct task_struct, tasks)))->tasks.prev == &curthread->tasks);
	printf("%d %d\n", sizeof (struct list_head), PIDTYPE_PGID);
	printf("%d\n", curthread->signal->pids[PIDTYPE_PGID]->numbers[0].nr > 0);
	printf("%d %d\n", curthread->cred->uid.val == uid, curthread->in_execve);
	printf("%d\n", curthread->mm->mm_mt.ma_lock.rlock.raw_lock.val.counter >= 0);
	this->mode = curthread->fs->umask;
	printf("%o %d\n", this->mode, ((struct vmlinux`task_struct *)curthread)->pid == tid);
	@[curthread->comm, curthread->real_parent->tgid == ppid] = count();
	exit(0);
}
END { printa("%s %d %@d\n", @); }
E
umask 027
run -s "$tmp/prog.d" -c "$B/e2e/calls 1"
expect_status 0
expect err </dev/null
expect out <<'E'
1 1 1
1 calls
1 1
1
16 2
1
1 0
1
27 1
calls 1 1

E
