"""What the demo traces: a little shop that prices orders, for ever."""
import time

PRICES = {"apple": 3, "bread": 4, "cheese": 9}


def price(item):
    return PRICES[item]


def discount(total):
    return total // 10 if total > 10 else 0


def total(items):
    amount = 0
    for item in items:
        amount += price(item)
    return amount - discount(amount)


def handle(order):
    return {"order": order, "total": total(["apple", "bread", "cheese"])}


def serve():
    order = 0
    while True:
        handle(order)
        order += 1
        time.sleep(0.5)


print("ready", flush=True)
serve()
