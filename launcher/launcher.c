/*
 * `bootstrap` of packages with Elixir handlers: starts the BEAM and then becomes `beam/engine`, the runtime, so that
 * both of them load at the same time. For handlers of other kinds it only becomes the engine.
 *
 * What the BEAM needs stands in `beam/launch`, which the build writes: its program, its arguments, an empty string,
 * its variables, an empty string, the files it reads at its start, an empty string; each ends with a zero byte, and
 * `$ROOT` stands for the absolute path of `beam`. The kernel is told to read those files while the BEAM is loaded. The
 * engine finds the process number and its ends of the BEAM's descriptors 3, 4, 1 and 2 in MAYFLY_BEAM. Where anything
 * is amiss this program starts no BEAM: then the engine does, and has the words for what goes wrong.
 *
 * Without a C library, so that the same few kilobytes run on every Linux. build.sh compiles it.
 */

#include "system-call.h"

#if defined(__x86_64__)
enum {
  SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_lseek = 8, SYS_socketpair = 53, SYS_clone = 56, SYS_execve = 59, SYS_exit = 60,
  SYS_fcntl = 72, SYS_readahead = 187, SYS_openat = 257, SYS_readlinkat = 267, SYS_dup3 = 292
};
#else
enum {
  SYS_dup3 = 24, SYS_fcntl = 25, SYS_openat = 56, SYS_close = 57, SYS_lseek = 62, SYS_read = 63, SYS_write = 64, SYS_readlinkat = 78,
  SYS_exit = 93, SYS_socketpair = 199, SYS_readahead = 213, SYS_clone = 220, SYS_execve = 221
};
#endif

enum { AT_FDCWD = -100, AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 02000000, SIGCHLD = 17 };
enum { F_SETFD = 2, F_DUPFD_CLOEXEC = 1030 };
enum { MAX_PATH = 4096, MAX_LAUNCH = 65536, MAX_TEXTS = 4096, MAX_ARENA = 1 << 18 };
/* Above all that is open already. */
enum { HIGH_DESCRIPTOR = 64 };
/* Bytes: Linux reads no more ahead at once than the disk's setting, which is seldom less than this. */
enum { READ_AHEAD = 131072, SEEK_END = 2 };

static char root[MAX_PATH];
static char engine[MAX_PATH + 16];
static char launch[MAX_LAUNCH + 2];
static char arena[MAX_ARENA];
static long arena_used;
static const char *arguments[MAX_TEXTS];
static const char *variables[MAX_TEXTS];
static const char *files[MAX_TEXTS];
static const char *engine_variables[MAX_TEXTS];

static long length(const char *text) {
  long size = 0;
  while (text[size]) size++;
  return size;
}

static int starts_with(const char *text, const char *prefix) {
  while (*prefix)
    if (*text++ != *prefix++) return 0;
  return 1;
}

/* What stands after `NAME=`; 0 where the variable is missing or empty. */
static const char *value_of(const char *const *all, const char *name_and_sign) {
  for (; *all; all++)
    if (starts_with(*all, name_and_sign)) {
      const char *value = *all + length(name_and_sign);
      return *value ? value : 0;
    }
  return 0;
}

static int is_variable_of(const char *variable, const char *other) {
  while (*variable && *variable == *other) {
    if (*variable == '=') return 1;
    variable++;
    other++;
  }
  return 0;
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

/* `text` with every $ROOT filled in; 0 when there is no room for it. */
static const char *filled(const char *text) {
  const char *result = arena + arena_used;
  long root_length = length(root);
  while (*text) {
    int is_root = starts_with(text, "$ROOT");
    if (arena_used + root_length + 2 > MAX_ARENA) return 0;
    if (is_root) append(arena + arena_used, root);
    else arena[arena_used] = *text;
    arena_used += is_root ? root_length : 1;
    text += is_root ? 5 : 1;
  }
  arena[arena_used++] = 0;
  return result;
}

static int is_utf8(const char *locale) {
  for (; locale && *locale; locale++) {
    const char *at = locale;
    if ((at[0] | 32) != 'u' || (at[1] | 32) != 't' || (at[2] | 32) != 'f') continue;
    at += at[3] == '-' ? 4 : 3;
    if (*at == '8') return 1;
  }
  return 0;
}

/* Strings up to an empty one. Returns where the next list begins, or 0. */
static const char *read_list(const char *at, const char *end, const char **list, long *count, long room) {
  while (at < end && *at) {
    if (*count >= room || !(list[*count] = filled(at))) return 0;
    (*count)++;
    at += length(at) + 1;
  }
  return at < end ? at + 1 : 0;
}

/* As src/runtime/hosts/elixir/beam-manifest.ts has it. */
static int prepare(const char *const *environment) {
  char path[MAX_PATH + 16];
  append(append(path, root), "/launch");
  long file = call(SYS_openat, AT_FDCWD, (long)path, 0, 0, 0);
  if (file < 0) return 0;
  long size = 0, got;
  while (size < MAX_LAUNCH && (got = call(SYS_read, file, (long)(launch + size), MAX_LAUNCH - size, 0, 0)) > 0)
    size += got;
  call(SYS_close, file, 0, 0, 0, 0);
  if (size <= 0 || size >= MAX_LAUNCH) return 0;

  long argument_count = 0, own = 0;
  const char *next = read_list(launch, launch + size, arguments, &argument_count, MAX_TEXTS - 1);
  if (!next || argument_count == 0) return 0;
  const char *locale = value_of(environment, "LC_ALL=");
  if (!locale) locale = value_of(environment, "LC_CTYPE=");
  if (!locale) locale = value_of(environment, "LANG=");
  if (!is_utf8(locale)) variables[own++] = "LC_CTYPE=C.UTF-8";
  next = read_list(next, launch + size, variables, &own, MAX_TEXTS - 1);
  if (!next) return 0;
  long file_count = 0;
  read_list(next, launch + size, files, &file_count, MAX_TEXTS - 1);
  long count = own, all = 0;
  for (; *environment; environment++) {
    if (++all >= MAX_TEXTS - 2) return 0;
    /* It changes with each invocation: the BEAM has it from the context. */
    int hidden = starts_with(*environment, "_X_AMZN_TRACE_ID=") || starts_with(*environment, "MAYFLY_BEAM=");
    for (long index = 0; index < own && !hidden; index++) hidden = is_variable_of(variables[index], *environment);
    if (hidden) continue;
    if (count >= MAX_TEXTS - 1) return 0;
    variables[count++] = *environment;
  }
  return 1;
}

/* Starts reading without waiting for it: with a cold page cache the disk is what a start waits for. */
static void read_ahead(const char *path) {
  long file = call(SYS_openat, AT_FDCWD, (long)path, 0, 0, 0);
  if (file < 0) return;
  long size = call(SYS_lseek, file, 0, SEEK_END, 0, 0);
  for (long at = 0; at < size; at += READ_AHEAD) call(SYS_readahead, file, at, READ_AHEAD, 0, 0);
  call(SYS_close, file, 0, 0, 0, 0);
}

/* The BEAM's side. Does not return. */
static void become_beam(const int *ends, const int *targets) {
  for (const char **file = files; *file; file++) read_ahead(*file);
  int high[4];
  for (int index = 0; index < 4; index++)
    high[index] = (int)call(SYS_fcntl, ends[index], F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR, 0, 0);
  for (int index = 0; index < 4; index++) call(SYS_dup3, high[index], targets[index], 0, 0, 0);
  long nothing = call(SYS_openat, AT_FDCWD, (long)"/dev/null", 0, 0, 0);
  if (nothing > 0) {
    call(SYS_dup3, nothing, 0, 0, 0, 0);
    call(SYS_close, nothing, 0, 0, 0, 0);
  }
  long failure = call(SYS_execve, (long)arguments[0], (long)arguments, (long)variables, 0, 0);
  char words[MAX_PATH + 64];
  char *end = append(append(words, arguments[0]), " can't be started: error ");
  end = append(append_number(end, -failure), "\n");
  call(SYS_write, 2, (long)words, end - words, 0, 0);
  call(SYS_exit, 127, 0, 0, 0, 0);
}

/* Writes what MAYFLY_BEAM is to be; 0 if there is no BEAM. */
static int start_beam(char *variable) {
  static const int targets[4] = {3, 4, 1, 2};
  int pairs[4][2];
  int ends[4];
  for (int index = 0; index < 4; index++) {
    if (call(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, (long)pairs[index], 0) < 0) {
      while (index-- > 0) {
        call(SYS_close, pairs[index][0], 0, 0, 0, 0);
        call(SYS_close, pairs[index][1], 0, 0, 0, 0);
      }
      return 0;
    }
    ends[index] = pairs[index][1];
  }
  long process = call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (process == 0) become_beam(ends, targets);
  char *end = append_number(append(variable, "MAYFLY_BEAM="), process < 0 ? 0 : process);
  for (int index = 0; index < 4; index++) {
    call(SYS_close, pairs[index][1], 0, 0, 0, 0);
    if (process < 0) call(SYS_close, pairs[index][0], 0, 0, 0, 0);
    else call(SYS_fcntl, pairs[index][0], F_SETFD, 0, 0, 0);
    end = append_number(append(end, ","), pairs[index][0]);
  }
  return process > 0;
}

__attribute__((used)) static void run(long *stack) {
  long count = stack[0];
  const char *const *argv = (const char *const *)(stack + 1);
  const char *const *environment = argv + count + 1;

  long size = call(SYS_readlinkat, AT_FDCWD, (long)"/proc/self/exe", (long)root, MAX_PATH - 16, 0);
  while (size > 0 && root[size - 1] != '/') size--;
  append(root + (size > 0 ? size : 0), "beam");
  append(append(engine, root), "/engine");

  const char *handler = value_of(environment, "_HANDLER=");
  static char variable[96];
  int launched = handler && starts_with(handler, "Elixir.") && value_of(environment, "AWS_LAMBDA_RUNTIME_API=") &&
                 /* The wrapper starts this program again. */
                 !value_of(environment, "AWS_LAMBDA_EXEC_WRAPPER=") && prepare(environment) && start_beam(variable);
  /* Nothing of that name but this program's own may reach the engine. */
  long kept = 0;
  if (launched) engine_variables[kept++] = variable;
  for (; *environment && kept < MAX_TEXTS - 1; environment++)
    if (!starts_with(*environment, "MAYFLY_BEAM=")) engine_variables[kept++] = *environment;
  long failure = call(SYS_execve, (long)engine, (long)argv, (long)engine_variables, 0, 0);
  char words[MAX_PATH + 64];
  char *end = append(append(words, engine), " can't be started: error ");
  end = append(append_number(end, -failure), "\n");
  call(SYS_write, 2, (long)words, end - words, 0, 0);
  call(SYS_exit, 127, 0, 0, 0, 0);
}
