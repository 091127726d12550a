/* Preloaded into a process, writes down in order what it does to the files of one folder: created, written, cut, synced,
 * deleted. One lock makes doing and writing down one step, so that the order is the true one also among threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int book = -1;

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("POWER_CUT_TRACE"), *of = getenv("POWER_CUT_FOLDER");
    if (at == NULL || of == NULL || realpath(of, folder) == NULL) return;
    folder_length = strlen(folder);
    book = (int)syscall(SYS_openat, AT_FDCWD, at, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The path inside the folder; NULL if it lies elsewhere. The folder itself is "". */
static const char *inside(const char *path) {
    if (strncmp(path, folder, folder_length) != 0) return NULL;
    if (path[folder_length] == 0) return path + folder_length;
    return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static const char *name_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (book < 0 || length < 0) return NULL;
    path[length] = 0;
    return inside(path);
}

static void note(char what, const char *name, uint64_t offset, const void *bytes, uint32_t length) {
    uint16_t name_length = (uint16_t)strlen(name);
    unsigned char head[15];
    head[0] = (unsigned char)what;
    memcpy(head + 1, &name_length, 2);
    memcpy(head + 3, &offset, 8);
    memcpy(head + 11, &length, 4);
    struct iovec parts[3] = {{head, sizeof head}, {(void *)name, name_length}, {(void *)bytes, length}};
    ssize_t whole = (ssize_t)(sizeof head + name_length + length);
    if (syscall(SYS_writev, book, parts, 3) != whole) abort(); /* half a record is worse than none */
}

static int opens(int at, const char *path, int flags, mode_t mode) {
    if (book < 0 || !(flags & (O_CREAT | O_TRUNC))) return (int)syscall(SYS_openat, at, path, flags, mode);
    pthread_mutex_lock(&order);
    int is_new = syscall(SYS_faccessat, at, path, F_OK) != 0;
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    int failure = errno;
    char buffer[PATH_MAX];
    const char *name = fd < 0 ? NULL : name_of(fd, buffer);
    if (name != NULL && is_new) note('C', name, 0, "", 0);
    if (name != NULL && (flags & O_TRUNC)) note('T', name, 0, "", 0);
    pthread_mutex_unlock(&order);
    errno = failure;
    return fd;
}

#define MODE(flags)                                 \
    mode_t mode = 0;                                \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {        \
        va_list rest;                               \
        va_start(rest, flags);                      \
        mode = (mode_t)va_arg(rest, int);           \
        va_end(rest);                               \
    }

int open(const char *path, int flags, ...) { MODE(flags) return opens(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opens(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opens(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return opens(at, path, flags, mode); }

static ssize_t writes(int fd, const void *bytes, size_t length, off_t offset, int here) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&order);
    const char *name = name_of(fd, buffer);
    off_t at = offset;
    if (name != NULL && here) {
        int appends = (int)syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
        at = (off_t)syscall(SYS_lseek, fd, 0, appends ? SEEK_END : SEEK_CUR);
    }
    ssize_t written = here ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
    int failure = errno;
    if (name != NULL && written > 0) note('W', name, (uint64_t)at, bytes, (uint32_t)written);
    pthread_mutex_unlock(&order);
    errno = failure;
    return written;
}

ssize_t write(int fd, const void *bytes, size_t length) { return writes(fd, bytes, length, 0, 1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return writes(fd, bytes, length, offset, 0); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return writes(fd, bytes, length, offset, 0); }

static int changes(long call, int fd, char what, uint64_t size) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&order);
    const char *name = name_of(fd, buffer);
    int result = (int)(what == 'T' ? syscall(call, fd, size) : syscall(call, fd));
    int failure = errno;
    struct stat status;
    if (what == 'S' && name != NULL && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) what = 'D';
    if (name != NULL && result == 0) note(what, name, size, "", 0);
    pthread_mutex_unlock(&order);
    errno = failure;
    return result;
}

int ftruncate(int fd, off_t size) { return changes(SYS_ftruncate, fd, 'T', (uint64_t)size); }
int ftruncate64(int fd, off_t size) { return changes(SYS_ftruncate, fd, 'T', (uint64_t)size); }
int fsync(int fd) { return changes(SYS_fsync, fd, 'S', 0); }
int fdatasync(int fd) { return changes(SYS_fdatasync, fd, 'S', 0); }

int unlinkat(int at, const char *path, int flags) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&order);
    const char *name = book >= 0 && realpath(path, buffer) != NULL ? inside(buffer) : NULL;
    int result = (int)syscall(SYS_unlinkat, at, path, flags);
    int failure = errno;
    if (name != NULL && result == 0 && !(flags & AT_REMOVEDIR)) note('U', name, 0, "", 0);
    pthread_mutex_unlock(&order);
    errno = failure;
    return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
