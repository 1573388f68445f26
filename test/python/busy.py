# Says "ready"; then is busy in spin(), called by main(), in two threads: one calculates, and one is
# in system calls.
import os
import threading

def calls():
    while True:
        os.stat("/")

def spin():
    n = 0
    while True:
        n += 1

def main():
    threading.Thread(target=calls, daemon=True).start()
    print("ready", flush=True)
    spin()

main()
