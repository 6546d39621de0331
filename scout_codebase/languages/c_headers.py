"""The headers that a C or C++ compiler, or the system below it, brings along."""

from __future__ import annotations

from scout_codebase.languages.apple_frameworks import FRAMEWORKS

_HEADERS = """
assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h
setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbit.h stdbool.h stdckdint.h stddef.h stdint.h
stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h

algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv
chrono cinttypes ciso646 climits clocale cmath codecvt compare complex concepts condition_variable
coroutine csetjmp csignal cstdalign cstdarg cstdbool cstddef cstdint cstdio cstdlib cstring
ctgmath ctime cuchar cwchar cwctype debugging deque exception execution expected
experimental/filesystem experimental/optional experimental/string_view filesystem flat_map
flat_set format forward_list fstream functional future generator hazard_pointer initializer_list
inplace_vector iomanip ios iosfwd iostream istream iterator latch limits linalg list locale map
mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges
ratio rcu regex scoped_allocator semaphore set shared_mutex source_location span spanstream
sstream stack stacktrace stdexcept stdfloat stop_token streambuf string string_view strstream
syncstream system_error text_encoding thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version cxxabi.h

aio.h alloca.h ar.h byteswap.h cpio.h crypt.h dirent.h dlfcn.h elf.h endian.h err.h error.h
execinfo.h fcntl.h features.h fmtmsg.h fnmatch.h fstab.h ftw.h getopt.h glob.h grp.h iconv.h
ifaddrs.h langinfo.h libgen.h libintl.h link.h malloc.h memory.h mntent.h monetary.h mqueue.h
ndbm.h netdb.h nl_types.h nss.h paths.h poll.h pthread.h pty.h pwd.h regex.h resolv.h sched.h
search.h semaphore.h shadow.h spawn.h strings.h stropts.h syscall.h sysexits.h syslog.h tar.h
termio.h termios.h ucontext.h ulimit.h unistd.h utime.h utmp.h utmpx.h values.h wait.h wordexp.h
xlocale.h

AvailabilityMacros.h TargetConditionals.h crt_externs.h cpuid.h crtdbg.h direct.h emmintrin.h
immintrin.h intrin.h io.h iphlpapi.h lmcons.h mstcpip.h mswsock.h nmmintrin.h ntsecapi.h objbase.h
 psapi.h rpc.h sddl.h share.h shellapi.h shlobj.h shlwapi.h smmintrin.h strsafe.h tchar.h
tmmintrin.h unwind.h varargs.h wbemidl.h wchar.h wepoll.h wincrypt.h windef.h windows.h Windows.h
winbase.h wincon.h winerror.h winioctl.h winnls.h winnt.h winsock.h winsock2.h ws2def.h
ws2ipdef.h ws2tcpip.h x86intrin.h xmmintrin.h arm_neon.h arm_acle.h altivec.h wmmintrin.h
pmmintrin.h ammintrin.h
"""

_POSIX_FOLDERS = frozenset({"arpa", "bits", "machine", "net", "netinet", "netpacket", "sys"})
_SYSTEM_FOLDERS = _POSIX_FOLDERS | FRAMEWORKS
_SYSTEM_FOLDERS |= {"asm", "asm-generic", "libkern", "linux", "mach", "mach-o", "malloc", "objc"}
_SYSTEM_FOLDERS |= {"rpc", "scsi", "xlocale"}

STANDARD_HEADERS = frozenset(_HEADERS.split())


def is_standard(name: str) -> bool:
    """Whether ``#include <name>`` of something that is in no repository is no library either."""
    return name in STANDARD_HEADERS or _folder(name) in _SYSTEM_FOLDERS


def is_of_the_platform(name: str) -> bool:
    """Whether every system has the header, so that a file of that name elsewhere in a repository
    is a replacement for systems that lack it."""
    return name in STANDARD_HEADERS or _folder(name) in _POSIX_FOLDERS


def _folder(name: str) -> str:
    folder, slash, _ = name.partition("/")
    return folder if slash else ""
