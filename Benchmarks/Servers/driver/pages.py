"""The pages that every server has: text that compresses as a page does.

At gzip's level 6 the three take about 470, 2,900 and 24,000 bytes.
"""

import random

SIZES = {"1k": 1024, "10k": 10 * 1024, "100k": 100 * 1024}
SYLLABLES = ("ka lo mi ter ran sol ven da pri con est or lum ne ra tis qua bel fo gri han jo ker mar nos pel que ri sta "
             "tur ul vo wen xi yor zan").split()
START = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Orders</title><link rel="stylesheet" href="/style.css"></head>
<body>
<h1>Orders</h1>
<table class="orders">
"""


def page(byte_count):
    """A table of orders: markup that repeats, words as frequent as words are, and numbers. The same in every run."""
    dice = random.Random(8)
    words = ["".join(dice.choice(SYLLABLES) for _ in range(dice.choice((1, 2, 2, 3, 3, 4)))) for _ in range(20_000)]
    weights = [1 / (rank + 1_000) for rank in range(len(words))]
    text = START
    while len(text) < byte_count:
        order, name = dice.randint(10_000, 99_999), " ".join(dice.choices(words, weights, k=dice.randint(3, 12)))
        amount = f"{dice.randint(1, 999)}.{dice.randint(0, 99):02}"
        text += f'<tr><td class="id"><a href="/orders/{order}">{name}</a></td><td class="amount">{amount}</td></tr>\n'
    return text[:byte_count].encode()


PAGES = {name: page(byte_count) for name, byte_count in SIZES.items()}


def write(folder):
    for name, content in PAGES.items():
        (folder / name).write_bytes(content)
