/*
 * Runs one process of a function for the local Lambda, on Linux, and answers for all that this process starts:
 *
 *   supervisor INTERVAL LIMIT FILE [table]
 *
 * FILE is executed without arguments, in a session of its own. What it leaves behind, also what has left its session,
 * becomes a child of this program (PR_SET_CHILD_SUBREAPER), so the processes of a function are found by who descends
 * from whom, at a cost that has nothing to do with the rest of the machine. When FILE ends, when the pipe at descriptor
 * 0 closes, which it does however the local Lambda ends, or on SIGTERM, everything below is killed before this ends.
 * It is two processes, so that a function that kills its parent is held by the other one.
 * Every INTERVAL milliseconds (0: never) unless frozen, the memory is looked at: over LIMIT kilobytes (0: any) all of it
 * is killed.
 *
 * `table` has it read the table of all processes, as it does on kernels without the lists of children.
 *
 * Commands on descriptor 0 are single letters: m(easure), f(reeze), c(ontinue), t(erminate), k(ill). Words on
 * descriptor 3 are lines: `started PID` or `failed ERRNO`, `memory KILOBYTES` for each m, `ended CODE SIGNAL KILOBYTES`.
 *
 * Without a C library, as launcher.c. build.sh compiles it.
 */

#include "system-call.h"

#if defined(__x86_64__)
enum {
  SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_rt_sigprocmask = 14, SYS_getpid = 39, SYS_clone = 56, SYS_execve = 59,
  SYS_wait4 = 61, SYS_kill = 62, SYS_fcntl = 72, SYS_getppid = 110, SYS_setsid = 112, SYS_getpgid = 121,
  SYS_prctl = 157, SYS_getdents64 = 217, SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_openat = 257,
  SYS_ppoll = 271, SYS_signalfd4 = 289, SYS_pipe2 = 293
};
#else
enum {
  SYS_fcntl = 25, SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_getdents64 = 61, SYS_read = 63, SYS_write = 64,
  SYS_ppoll = 73, SYS_signalfd4 = 74, SYS_exit_group = 94, SYS_clock_gettime = 113, SYS_kill = 129,
  SYS_rt_sigprocmask = 135, SYS_getpgid = 155, SYS_setsid = 157, SYS_prctl = 167, SYS_getpid = 172, SYS_getppid = 173,
  SYS_clone = 220, SYS_execve = 221, SYS_wait4 = 260
};
#endif

enum { AT_FDCWD = -100, O_CLOEXEC = 02000000, F_SETFD = 2, FD_CLOEXEC = 1 };
enum { SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19 };
/* SIGHUP, SIGINT, SIGTERM */
#define ENDING_SIGNALS "\1\2\17"
enum { SIG_SETMASK = 2, MASK_SIZE = 8, SFD_CLOEXEC = 02000000, SFD_NONBLOCK = 04000 };
enum { PR_SET_PDEATHSIG = 1, PR_SET_CHILD_SUBREAPER = 36 };
enum { POLLIN = 1, WNOHANG = 1, EAGAIN = 11, EINTR = 4, ECHILD = 10, CLOCK_MONOTONIC = 1 };
enum { COMMANDS = 0, WORDS = 3 };
enum { MAX_PROCESSES = 65536, MAX_FILE = 8192 };
/* What is killed is gone within microseconds, unless the kernel holds it: then this asks again, ever less often. */
enum { PATIENCE_MS = 10, MANY_ROUNDS = 100, LONG_PATIENCE_MS = 1000 };

struct watched { int descriptor; short events, returned; };
struct duration { long seconds, nanoseconds; };
/* As struct rusage: two times of two numbers each, then ru_maxrss in kilobytes. */
struct usage { long times[4], peak, rest[13]; };
struct entry { unsigned long inode; long offset; unsigned short size; unsigned char type; char name[]; };

static int own;
static int own_group;
static int leader;
/* As wait4 tells it. */
static int leader_status;
static int leader_ended;
static long limit;
static long most;
static int processes[MAX_PROCESSES];
static long process_count;

static int is_digit(char letter) { return letter >= '0' && letter <= '9'; }

static long number_in(const char *text) {
  long number = 0;
  while (is_digit(*text)) number = number * 10 + (*text++ - '0');
  return number;
}

static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  *to = 0;
  return to;
}

static char *append_number(char *to, long number) {
  if (number >= 10) to = append_number(to, number / 10);
  *to++ = (char)('0' + number % 10);
  *to = 0;
  return to;
}

static void say(const char *word, const long *numbers, int count) {
  char line[96];
  char *end = append(line, word);
  for (int index = 0; index < count; index++) end = append_number(append(end, " "), numbers[index]);
  end = append(end, "\n");
  call(SYS_write, WORDS, (long)line, end - line, 0, 0);
}

/* The beginning of a file, as text; empty when there is none. */
static const char *text_of(const char *path) {
  static char text[MAX_FILE];
  long file = call(SYS_openat, AT_FDCWD, (long)path, O_CLOEXEC, 0, 0);
  long size = file < 0 ? 0 : call(SYS_read, file, (long)text, MAX_FILE - 1, 0, 0);
  if (file >= 0) call(SYS_close, file, 0, 0, 0, 0);
  text[size > 0 ? size : 0] = 0;
  return text;
}

static void add(int process) {
  if (process_count < MAX_PROCESSES) processes[process_count++] = process;
}

/* Children that one thread has started. Returns 0 where the kernel has no such lists (CONFIG_PROC_CHILDREN). */
static int add_children(const char *path) {
  char part[4096];
  long file = call(SYS_openat, AT_FDCWD, (long)path, O_CLOEXEC, 0, 0);
  /* A thread that has ended meanwhile is no reason to look elsewhere. */
  if (file < 0) return 0;
  long size, number = 0;
  while ((size = call(SYS_read, file, (long)part, sizeof part, 0, 0)) > 0)
    for (long index = 0; index < size; index++) {
      if (is_digit(part[index])) number = number * 10 + (part[index] - '0');
      else if (number) add((int)number), number = 0;
    }
  if (number) add((int)number);
  call(SYS_close, file, 0, 0, 0, 0);
  return 1;
}

typedef void (*visitor)(const char *folder, const char *name);

/* Calls `visit` for each number among the names in a folder of /proc. */
static void each_number(const char *folder, visitor visit) {
  static long buffer[4096];
  long opened = call(SYS_openat, AT_FDCWD, (long)folder, O_CLOEXEC, 0, 0);
  if (opened < 0) return;
  long size;
  while ((size = call(SYS_getdents64, opened, (long)buffer, sizeof buffer, 0, 0)) > 0)
    for (long at = 0; at < size;) {
      const struct entry *entry = (const struct entry *)((const char *)buffer + at);
      if (is_digit(entry->name[0])) visit(folder, entry->name);
      at += entry->size;
    }
  call(SYS_close, opened, 0, 0, 0, 0);
}

static void visit_thread(const char *folder, const char *name) {
  char path[96];
  append(append(append(append(path, folder), "/"), name), "/children");
  add_children(path);
}

/* One row of the table of all processes: taken when its parent has been. */
static void visit_process(const char *folder, const char *name) {
  char path[64];
  append(append(append(append(path, folder), "/"), name), "/stat");
  const char *text = text_of(path);
  const char *after = text;
  /* The command stands in parentheses and may hold any. */
  for (const char *at = text; *at; at++)
    if (*at == ')') after = at;
  if (!*after) return;
  int parent = (int)number_in(after + 4);
  int process = (int)number_in(name);
  int known = parent == own;
  for (long index = 0; index < process_count; index++) {
    if (processes[index] == process) return;
    if (processes[index] == parent) known = 1;
  }
  if (known) add(process);
}

static int reads_table;
static int has_lists;

/* Finds all that descends from this process. */
static void find_processes(void) {
  char path[64];
  process_count = 0;
  if (!has_lists) {
    long before;
    /* Until nothing new is found: a child may stand before its parent. */
    do {
      before = process_count;
      each_number("/proc", visit_process);
    } while (process_count > before);
    return;
  }
  append(append_number(append(append_number(append(path, "/proc/"), own), "/task/"), own), "/children");
  add_children(path);
  for (long index = 0; index < process_count; index++) {
    append(append_number(append(path, "/proc/"), processes[index]), "/task");
    each_number(path, visit_thread);
  }
}

static void signal_all(int signal) {
  for (long index = 0; index < process_count; index++) {
    int process = processes[index];
    /* A group as a whole: a process that forks and ends at once is always elsewhere, its group isn't. */
    long group = call(SYS_getpgid, process, 0, 0, 0, 0);
    if (group > 1 && group != own_group) call(SYS_kill, -group, signal, 0, 0, 0);
    call(SYS_kill, process, signal, 0, 0, 0);
  }
}

/* Collects what has ended. Returns 0 when no child is left. */
static int collect(void) {
  for (;;) {
    int status = 0;
    struct usage usage;
    long ended = call(SYS_wait4, -1, (long)&status, WNOHANG, (long)&usage, 0);
    if (ended == -EINTR) continue;
    if (ended <= 0) return ended != -ECHILD;
    if (ended != leader) continue;
    leader_status = status;
    leader_ended = 1;
    /* The kernel's own account: what ends at once is never looked at. */
    long peak = limit && usage.peak > limit ? limit : usage.peak;
    if (peak > most) most = peak;
  }
}

static void wait_for(struct watched *watched, long count, long milliseconds) {
  struct duration duration = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  call(SYS_ppoll, (long)watched, count, milliseconds < 0 ? 0 : (long)&duration, 0, MASK_SIZE);
}

/* Reads what has been signalled. */
static int told_to_end(int signals) {
  /* struct signalfd_siginfo has 128 bytes, the signal's number first. */
  unsigned int received[32];
  int ending = 0;
  while (call(SYS_read, signals, (long)received, sizeof received, 0, 0) > 0)
    if (received[0] != SIGCHLD) ending = 1;
  return ending;
}

/* Afterwards nothing that descends from this process is alive. */
static void end_all(int signals) {
  struct watched watched = {signals, POLLIN, 0};
  for (long round = 0;; round++) {
    find_processes();
    signal_all(SIGKILL);
    if (!collect()) return;
    wait_for(&watched, 1, round < MANY_ROUNDS ? PATIENCE_MS : LONG_PATIENCE_MS);
    told_to_end(signals);
  }
}

static long field_of(const char *text, const char *name) {
  for (; *text; text++) {
    const char *at = text, *letter = name;
    while (*letter && *at == *letter) at++, letter++;
    if (*letter) continue;
    while (*at && !is_digit(*at)) at++;
    return number_in(at);
  }
  return 0;
}

/* Returns 0 when the function holds more than it may. */
static int measure(int with_peaks) {
  char path[64];
  long resident = 0, peaks = 0;
  find_processes();
  for (long index = 0; index < process_count; index++) {
    append(append_number(append(path, "/proc/"), processes[index]), "/status");
    const char *text = text_of(path);
    resident += field_of(text, "\nVmRSS:");
    peaks += field_of(text, "\nVmHWM:");
  }
  /* Their peaks need not have been at the same time: the sum alone is no proof that the limit was passed. */
  if (limit && peaks > limit) peaks = limit;
  if (with_peaks && peaks > most) most = peaks;
  if (resident > most) most = resident;
  return !limit || resident <= limit;
}

/* In the child: becomes FILE, or says why not. */
static void become(const char *file, const char *const *environment, int reason) {
  unsigned long none = 0;
  call(SYS_setsid, 0, 0, 0, 0, 0);
  /* For the case that a function kills the program that holds it. */
  call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (call(SYS_getppid, 0, 0, 0, 0, 0) != own) call(SYS_exit_group, 1, 0, 0, 0, 0);
  call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, MASK_SIZE, 0);
  call(SYS_close, COMMANDS, 0, 0, 0, 0);
  call(SYS_openat, AT_FDCWD, (long)"/dev/null", 0, 0, 0);
  const char *arguments[2] = {file, 0};
  int failure = (int)-call(SYS_execve, (long)file, (long)arguments, (long)environment, 0, 0);
  call(SYS_write, reason, (long)&failure, sizeof failure, 0, 0);
  call(SYS_exit_group, 127, 0, 0, 0, 0);
}

static void start(const char *file, const char *const *environment) {
  int reason[2];
  int failure = (int)-call(SYS_pipe2, (long)reason, O_CLOEXEC, 0, 0, 0);
  if (failure == 0) {
    long process = call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (process == 0) become(file, environment, reason[1]);
    if (process < 0) failure = (int)-process;
    leader = (int)process;
    call(SYS_close, reason[1], 0, 0, 0, 0);
    /* The other end closes when FILE has begun. */
    long got;
    do got = call(SYS_read, reason[0], (long)&failure, sizeof failure, 0, 0);
    while (got == -EINTR);
    call(SYS_close, reason[0], 0, 0, 0, 0);
  }
  long number = failure == 0 ? leader : failure;
  say(failure == 0 ? "started" : "failed", &number, 1);
  if (failure != 0) call(SYS_exit_group, 0, 0, 0, 0, 0);
}

/* Whoever is below and loses its parent becomes a child of this process. */
static void adopt(void) {
  own = (int)call(SYS_getpid, 0, 0, 0, 0, 0);
  own_group = (int)call(SYS_getpgid, 0, 0, 0, 0, 0);
  call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  char path[64];
  append(append_number(append(append_number(append(path, "/proc/"), own), "/task/"), own), "/children");
  has_lists = !reads_table && add_children(path);
}

static void say_ended(int status, long kilobytes) {
  int signal = status & 127;
  long numbers[3] = {signal ? 0 : status >> 8 & 255, signal, kilobytes};
  say("ended", numbers, 3);
}

static long now_ms(void) {
  struct duration now;
  call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0);
  return now.seconds * 1000 + now.nanoseconds / 1000000;
}

/* Two programs hold a function, so that killing either ends it: this one in the parent, `hold` in its child. */
static void guard(int signals) {
  struct watched watched = {signals, POLLIN, 0};
  int ending = 0;
  while (!ending && !leader_ended) {
    wait_for(&watched, 1, -1);
    ending = told_to_end(signals);
    collect();
  }
  end_all(signals);
  if (leader_status & 127) say_ended(SIGKILL, most);
  call(SYS_exit_group, 0, 0, 0, 0, 0);
}

static void hold(int signals, long interval) {
  int ending = 0, frozen = 0;
  long next_look = now_ms() + interval;
  struct watched watched[2] = {{COMMANDS, POLLIN, 0}, {signals, POLLIN, 0}};
  while (!ending && !leader_ended) {
    long wait = -1;
    if (interval && !frozen) {
      wait = next_look - now_ms();
      if (wait <= 0) {
        ending = !measure(0);
        next_look = now_ms() + interval;
        continue;
      }
    }
    watched[0].returned = watched[1].returned = 0;
    wait_for(watched, 2, wait);
    if (watched[1].returned) {
      ending = told_to_end(signals);
      collect();
    }
    if (!watched[0].returned) continue;
    char letters[64];
    long size = call(SYS_read, COMMANDS, (long)letters, sizeof letters, 0, 0);
    if (size == -EINTR || size == -EAGAIN) continue;
    if (size <= 0) ending = 1;
    for (long index = 0; index < size; index++) switch (letters[index]) {
        case 'm':
          if (!measure(1)) ending = 1;
          say("memory", &most, 1);
          break;
        case 'f':
          find_processes();
          signal_all(SIGSTOP);
          frozen = 1;
          break;
        case 'c':
          find_processes();
          signal_all(SIGCONT);
          frozen = 0;
          next_look = now_ms() + interval;
          break;
        case 't':
          call(SYS_kill, -leader, SIGTERM, 0, 0, 0);
          break;
        case 'k':
          ending = 1;
          break;
      }
  }
  end_all(signals);
  say_ended(leader_status, most);
  call(SYS_exit_group, 0, 0, 0, 0, 0);
}

__attribute__((used)) static void run(long *stack) {
  long count = stack[0];
  const char *const *arguments = (const char *const *)(stack + 1);
  const char *const *environment = arguments + count + 1;
  if (count < 4) call(SYS_exit_group, 2, 0, 0, 0, 0);
  long interval = number_in(arguments[1]);
  limit = number_in(arguments[2]);
  reads_table = count > 4;

  unsigned long awaited = 0, blocked;
  for (const char *signal = ENDING_SIGNALS; *signal; signal++) awaited |= 1ul << (*signal - 1);
  awaited |= 1ul << (SIGCHLD - 1);
  blocked = awaited | 1ul << (SIGPIPE - 1);
  call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&blocked, 0, MASK_SIZE, 0);
  int signals = (int)call(SYS_signalfd4, -1, (long)&awaited, MASK_SIZE, SFD_CLOEXEC | SFD_NONBLOCK, 0);
  call(SYS_fcntl, WORDS, F_SETFD, FD_CLOEXEC, 0, 0);

  adopt();
  int parent = own;
  long child = call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child < 0) {
    long failure = -child;
    say("failed", &failure, 1);
    call(SYS_exit_group, 0, 0, 0, 0, 0);
  }
  leader = (int)child;
  if (child > 0) guard(signals);
  adopt();
  call(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
  if (call(SYS_getppid, 0, 0, 0, 0, 0) != parent) call(SYS_exit_group, 1, 0, 0, 0, 0);
  start(arguments[3], environment);
  hold(signals, interval);
}
