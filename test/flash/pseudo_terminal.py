# A serial port that is none: prints its path, then carries bytes between it and its own input and output.
import os
import select
import sys
import tty

master, port = os.openpty()
tty.setraw(port)
sys.stdout.write(os.ttyname(port) + '\n')
sys.stdout.flush()
# The port stays open here, or its end of file would come before anybody has opened it.
while True:
    ready, _, _ = select.select([master, 0], [], [])
    if master in ready:
        os.write(1, os.read(master, 4096))
    if 0 in ready:
        data = os.read(0, 4096)
        if not data:
            break
        os.write(master, data)
