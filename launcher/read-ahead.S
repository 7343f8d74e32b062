# What a laid out program runs before its own entry point, in src/build/layout/read-ahead.ts: if the file isn't in
# memory, the kernel is asked for all that a start reads, at once, rather than at one page fault after the other.
# The build appends three parts to these bytes: the words `probe` and `entry`, and a list of ranges of the file, each
# an offset and a length of 32 bits, ended by a length of 0. Whatever fails is left: the program reads for itself.
# x86_64 Linux. %rdx and the stack are the dynamic loader's for the program, all else is free at an entry point.
        .set    SYS_open, 2
        .set    SYS_close, 3
        .set    SYS_readahead, 187
        .set    SYS_preadv2, 327
        .set    O_RDONLY_CLOEXEC, 02000000
        .set    RWF_NOWAIT, 8

        .text
        .globl  _start
_start:
        push    %rdx
        mov     $SYS_open, %eax
        lea     path(%rip), %rdi
        mov     $O_RDONLY_CLOEXEC, %esi
        xor     %edx, %edx
        syscall
        test    %eax, %eax
        js      enter
        mov     %eax, %ebx

# One byte, only if it is in memory: a warm start ends here. Where a file system can't tell, all is asked for.
        push    $1                      # struct iovec: a byte, to where the struct itself is
        push    %rsp
        mov     $SYS_preadv2, %eax
        mov     %ebx, %edi
        mov     %rsp, %rsi
        mov     $1, %edx
        mov     probe(%rip), %r10
        xor     %r8d, %r8d
        mov     $RWF_NOWAIT, %r9d
        syscall
        add     $16, %rsp
        test    %eax, %eax
        jns     close

        lea     ranges(%rip), %r12
range:  mov     (%r12), %esi
        mov     4(%r12), %edx
        test    %edx, %edx
        jz      close
        mov     $SYS_readahead, %eax
        mov     %ebx, %edi
        syscall
        add     $8, %r12
        jmp     range

close:  mov     $SYS_close, %eax
        mov     %ebx, %edi
        syscall
enter:  pop     %rdx
        jmp     *entry(%rip)

path:   .asciz  "/proc/self/exe"
        .balign 8
probe   = .
entry   = . + 8
ranges  = . + 16
