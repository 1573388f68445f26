# Says "ready", then calls functions whose names aren't ASCII, "wait" or not.
import time

class Café:
    def méthode(self):
        return 1

def ascii():
    return 2

print("ready", flush=True)
while True:
    Café().méthode()
    ascii()
    time.sleep(0.01)
