"""The demo's page, as a person uses it: by mouse, and by what can be read on it."""

import json
import re

FINISHED = "['passed', 'failed'].includes({}.dataset.state)"
RUN_SECONDS = 20
ALL_SECONDS = 60


def number(text):
    """A figure on the page; None for a dash."""
    found = re.match(r"[\d,]+(\.\d+)?", text)
    return float(found[0].replace(",", "")) if found else None


class Outcome:
    """What a scenario shows when it has run."""

    def __init__(self, shown):
        self.state, self.verdict, self.title, self.log = (
            shown[key] for key in ("state", "verdict", "title", "log"))
        self.figures = dict(shown["figures"])

    def __getitem__(self, name):
        return self.figures.get(name, "")

    def milliseconds(self, name):
        return number(self[name])


class DemoPage:
    """The page when it is ready."""

    def __init__(self, page):
        self.page = page
        page.wait_until("document.body.dataset.state === 'ready'")

    def article(self, number):
        return f"""document.querySelector('[data-number="{number}"]')"""

    def codings(self):
        """The codings that can be chosen."""
        return self.page.evaluate(
            "[...document.querySelectorAll('[name=coding]')].filter(input => !input.disabled).map(input => input.value)")

    def choose(self, **switches):
        """Clicks the switches that aren't as they should be."""
        for name, value in switches.items():
            selector = f"[name={name}]" + ("" if isinstance(value, bool) else f"[value='{value}']")
            wanted = value if isinstance(value, bool) else True
            if self.page.evaluate(f"document.querySelector(`{selector}`).checked") != wanted:
                self.page.click(selector)
            if self.page.evaluate(f"document.querySelector(`{selector}`).checked") != wanted:
                raise AssertionError(f"the switch {name} isn't {value}")

    def run_id(self, number):
        """The name of a scenario's last run, as the server knows it; None before the first."""
        return self.page.evaluate(f"{self.article(number)}.dataset.run")

    def start(self, number):
        before = self.run_id(number)
        self.page.click(f'[data-number="{number}"] .run')
        self.page.wait_until(f"{self.article(number)}.dataset.run !== {json.dumps(before) if before else 'undefined'}")

    def leave(self, number, once):
        """Presses "Leave now" when something is seen in the time line."""
        self.page.wait_until(f"{self.article(number)}.querySelector('.timeline {once}')")
        self.page.click(f'[data-number="{number}"] .leave')

    def outcome(self, number):
        """Waits for the end of a scenario that has been started."""
        self.page.wait_until(FINISHED.format(self.article(number)), RUN_SECONDS)
        return Outcome(self.page.evaluate(f"""(() => {{
            const article = {self.article(number)}, text = selector => article.querySelector(selector)?.textContent ?? '';
            return {{
                state: article.dataset.state, verdict: text('.verdict'), title: text('.timeline title'),
                log: [...article.querySelectorAll('.log li')].map(item => item.textContent),
                figures: [...article.querySelectorAll('.figures div')].map(figure => [...figure.children].map(part => part.textContent)),
            }};
        }})()"""))

    def run(self, number):
        """Runs a scenario."""
        self.start(number)
        return self.outcome(number)

    def run_all(self, by_key=False):
        """Runs all scenarios; the rows of the table, by the names of the columns."""
        if by_key:
            self.page.evaluate("document.querySelector('#run-all').focus()")
            self.page.press("Enter")
        else:
            self.page.click("#run-all")
        results = "document.querySelector('#results')"
        self.page.wait_until(f"{results}.dataset.state === 'running'")
        self.page.wait_until(FINISHED.format(results), ALL_SECONDS)
        names, rows = self.page.evaluate("""(() => {
            const texts = row => [...row.children].map(cell => cell.textContent);
            return [texts(document.querySelector('#results thead tr')), [...document.querySelectorAll('#results tbody tr')].map(texts)];
        })()""")
        return [dict(zip(names, row)) if len(row) > 1 else {"failures": row[0]} for row in rows]

    def text(self, selector):
        return self.page.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")
