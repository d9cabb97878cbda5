"""The page in a browser nobody here wrote: headless Chromium, driven by playwright, over ten thousand incidents.

page_check.py BINARY [PICTURES [INCIDENTS]]   (PICTURES: a folder for a screenshot of every view)
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from corpus import incidents

BINARY = sys.argv[1]
PICTURES = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
INCIDENTS = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
WIDTHS = [1280, 390]
QUESTION = "TLS handshake failures on auth-api, certificate chain incomplete"
MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>'
# Each view, and what is there once it is shown; FC-N is the class with the most occurrences.
VIEWS = {
    "landing": ("#/", "text=Keeps coming back"),
    "answer": (f"#/?q={QUESTION}", ".verdict"),
    "new": ("#/?q=zeppelin hangar", ".answer > section, .answer .card"),
    "classes": ("#/classes", "table .stop"),
    "class": ("#/class/FC-N", "svg.timeline"),
    "incidents": ("#/incidents?service=auth", "ol.lines .stop"),
    "incident": ("#/incident/INC-5", "aside .facts"),
    "report": ("#/report?since=2026-01-01", ".lanes svg circle"),
    "backtest": ("#/backtest?class=FC-N", "button.strong"),
    "decisions": ("#/decisions", "h1"),
    "past": ("#/classes?as_of=2024-01-01", ".past"),
    "missing": ("#/class/FC-99999", ".failed"),
}
# All of WCAG 2.2 AA that can be tested, and what is good practice beyond it.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
# What a missing class does: the browser itself says so on its console.
EXPECTED = "the server responded with a status of"

expect.set_options(timeout=20_000)


def asked(request):
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


class Server:
    """A server on free ports, over a store of its own."""

    def __init__(self, folder, *arguments, stored=None):
        data = folder / "store"
        if stored is not None:
            file = folder / "incidents.jsonl"
            file.write_text(stored)
            subprocess.run([BINARY, "ingest", str(file), "--data", str(data)], check=True, capture_output=True)
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(data), "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        _, self.http = (self.process.stdout.readline().split()[1] for _ in range(2))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def get(self, path):
        return asked(self.http + path)

    def post(self, path, message):
        headers = {"content-type": "application/json"}
        return asked(urllib.request.Request(self.http + path, json.dumps(message).encode(), headers))


class PageTest(unittest.TestCase):
    """What all tests share: a browser, and that a page is silent and asks no other host."""

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="relapse-page-")
        cls.folder = pathlib.Path(cls.place.name)
        cls.driver = sync_playwright().start()
        # The system's own Chromium: playwright's download is not needed.
        cls.browser = cls.driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.driver.stop()
        cls.place.cleanup()

    def open(self, server, route="", width=1280, **options):
        phone = {"is_mobile": True, "has_touch": True} if width < 600 else {}
        window = {"viewport": {"width": width, "height": 860}, **phone}
        context = self.browser.new_context(accept_downloads=True, **window, **options)
        page = context.new_page()
        self.addCleanup(context.close)
        self.said, self.asked = [], []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(f"{server.http}/{route}")
        return page

    def check_for_all(self, page):
        found = Axe().run(page, options=RULES)
        self.assertEqual(found.violations_count, 0, found.generate_report())

    def check_quiet(self, server):
        self.assertEqual([text for text in self.said if EXPECTED not in text], [])
        elsewhere = [url for url in self.asked if not url.startswith((server.http, "blob:" + server.http))]
        self.assertEqual(elsewhere, [])


class ManyIncidents(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        odd = {"id": "ODD/1", "title": f"markup {MARKUP}", "date": "2026-11-01", "root_cause": MARKUP, "services": [MARKUP],
               "url": "javascript:alert(1)"}
        cls.server = Server(cls.folder, stored=incidents(INCIDENTS) + json.dumps(odd) + "\n")
        cls.most = cls.server.get("/v1/classes?page_size=1")["classes"][0]["id"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        super().tearDownClass()

    def views(self, width, scheme):
        for name, (route, there) in VIEWS.items():
            page = self.open(self.server, route.replace("FC-N", self.most), width, color_scheme=scheme)
            page.locator(there).first.wait_for()
            with self.subTest(view=name, width=width, scheme=scheme):
                yield name, page
            page.context.close()

    def test_every_view_is_quiet_fits_and_has_no_fault_that_axe_finds(self):
        for width in WIDTHS:
            for scheme in ["light", "dark"]:
                for name, page in self.views(width, scheme):
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                    self.check_quiet(self.server)
                    self.check_for_all(page)
                    if PICTURES:
                        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png")

    def test_search_open_rate(self):
        for width in WIDTHS:
            page = self.open(self.server, width=width)
            page.fill("#question", QUESTION)
            expect(page.locator(".verdict .word")).to_have_text("Recurrence")
            self.assertIn("What fixed it", page.locator(".card").inner_text())
            first = page.locator(".match").first
            first.get_by_text("Cause, fix and every reason").click()
            parts = [float(text) for text in first.locator("tbody td:first-child").all_inner_texts()]
            self.assertAlmostEqual(sum(parts), float(first.locator("h5").last.inner_text().split()[-1]), delta=0.002)
            first.get_by_role("button", name="Useful").click()
            expect(page.locator("#told")).to_contain_text("marked as the same failure")
            title = first.locator("h4").inner_text()
            first.locator("h4 a").click()
            expect(page.locator("h1")).to_have_text(title)
            page.get_by_role("link", name="Seen before?").click()
            expect(page.locator(".like")).to_contain_text("Like")
            page.locator(".verdict").wait_for()
            page.go_back()
            page.go_back()
            expect(page.locator(".match").first).to_contain_text("Marked the same by")
            expect(page.locator(".match .stop").first).to_be_focused()
            self.assertGreater(page.evaluate("scrollY"), 0, "the reader is back where they were")
            self.check_quiet(self.server)

    def test_filters_narrow_and_can_be_linked_to(self):
        page = self.open(self.server, f"#/?q={QUESTION}&service=auth&since=2025-01-01")
        expect(page.locator(".narrow summary")).to_contain_text("service auth, since 2025-01-01")
        page.locator(".match").first.wait_for()
        for line in page.locator(".match .found > p:nth-of-type(1)").all_inner_texts():
            self.assertIn("auth", line)
            self.assertGreaterEqual(line[:4], "2025")
        page.locator(".narrow summary").click()
        page.get_by_label("Until").fill("2024-01-01")
        expect(page.locator(".wrong")).to_contain_text("until")
        self.check_quiet(self.server)

    def test_an_answer_that_was_overtaken_is_never_shown(self):
        page = self.open(self.server)
        held = []
        page.route("**/v1/similar", lambda route: held.append(route))
        page.fill("#question", "disk full, log rotation stopped")
        expect(page.locator(".answer")).to_have_class("answer stale")
        page.wait_for_timeout(400)
        self.assertEqual(len(held), 1)
        page.unroute("**/v1/similar")
        page.fill("#question", QUESTION)
        expect(page.locator(".verdict h2")).to_contain_text("TLS")
        for route in held:
            try:
                route.continue_()
            except Exception:  # The page has given it up, as it should.
                pass
        page.wait_for_timeout(300)
        self.assertIn("TLS", page.locator(".verdict h2").inner_text())

    def test_decide_and_undo(self):
        for width in WIDTHS:
            page = self.open(self.server, f"#/class/{self.most}", width)
            before = page.locator("h1").inner_text()
            page.get_by_role("button", name="Rename").click()
            page.get_by_label("Name", exact=True).fill(f"Named by hand {width}")
            page.get_by_label("Who decides").fill("ann")
            page.get_by_label("Why").fill("that is what we call it")
            page.locator("dialog").get_by_role("button", name="Rename").click()
            expect(page.locator("h1")).to_contain_text(f"Named by hand {width}")
            self.assertIn("ann", page.locator(".decisions").inner_text())
            page.goto(self.server.http + "/#/decisions")
            page.locator(".decisions button").first.click()
            page.locator("dialog").get_by_role("button", name="Undo").click()
            expect(page.locator("#told")).to_contain_text("is undone")
            page.goto(f"{self.server.http}/#/class/{self.most}")
            expect(page.locator("h1")).to_have_text(before)
            self.check_quiet(self.server)

    def test_what_cannot_be_decided_is_said_in_the_form(self):
        page = self.open(self.server, f"#/class/{self.most}")
        page.get_by_role("button", name="Merge").click()
        page.get_by_label("Classes").fill("FC-99999, banana")
        page.locator("dialog").get_by_role("button", name="Merge").click()
        expect(page.locator("dialog .wrong")).to_contain_text("merged_class_ids[1]")
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)

    def test_classes_are_sorted_and_narrowed(self):
        page = self.open(self.server, "#/classes")
        counts = lambda: [int(text) for text in page.locator("tbody td:nth-child(4)").all_inner_texts()]
        page.get_by_role("button", name="Count").click()
        self.assertEqual(counts(), sorted(counts(), reverse=True))
        page.get_by_role("button", name="Count").click()
        self.assertEqual(counts(), sorted(counts()))
        self.assertEqual(page.locator("th[aria-sort]").get_attribute("aria-sort"), "ascending")
        page.get_by_label("Only those with").fill("disk billing")
        for text in page.locator("tbody tr").all_inner_texts():
            self.assertIn("disk", text.lower())
        page.reload()
        expect(page.get_by_label("Only those with")).to_have_value("disk billing")

    def test_report_and_its_files(self):
        for width in WIDTHS:
            page = self.open(self.server, "#/report?since=2026-01-01", width)
            page.locator(".lanes circle").first.wait_for()
            self.assertGreater(page.locator("figure rect.back").count(), 5)
            self.assertGreater(int(page.locator(".tiles dd").first.inner_text().replace(",", "")), 100)
            with page.expect_download() as saved:
                page.get_by_role("button", name="HTML").click()
            self.assertIn("<!doctype html>", pathlib.Path(saved.value.path()).read_text()[:100])
            self.assertEqual(saved.value.suggested_filename, "report.html")
            self.check_quiet(self.server)

    def test_the_back_test_draws_its_curve(self):
        for width in WIDTHS:
            page = self.open(self.server, f"#/backtest?class={self.most}&since=2026-01-01", width)
            page.get_by_role("button", name="Replay").click()
            expect(page.locator("svg.curve .coverage path")).to_be_visible(timeout=60_000)
            self.assertIn("replayed", page.locator("main").inner_text())
            with page.expect_download() as saved:
                page.get_by_role("button", name="Keep as HTML").click()
            self.assertIn("<!doctype html>", pathlib.Path(saved.value.path()).read_text()[:100])
            self.check_quiet(self.server)

    def test_everything_can_be_done_without_a_mouse(self):
        page = self.open(self.server)
        press = page.keyboard.press
        expect(page.locator("#question")).to_be_focused()
        page.keyboard.type(QUESTION)
        press("Enter")
        page.locator(".verdict").wait_for()
        press("Escape")
        press("j")
        press("j")
        second = page.locator(".match .stop").nth(1)
        expect(second).to_be_focused()
        press("e")
        expect(page.locator(".match details[open]")).to_have_count(1)
        press("n")
        expect(page.locator("#told")).to_contain_text("not the same failure")
        title = second.inner_text()
        press("Enter")
        expect(page.locator("h1")).to_have_text(title)
        press("g")
        press("c")
        page.locator("table .stop").first.wait_for()
        press("j")
        press("Enter")
        page.locator("svg.timeline").wait_for()
        page.get_by_role("button", name="Pin").focus()
        press("Enter")
        expect(page.locator("dialog")).to_be_visible()
        press("Escape")
        expect(page.get_by_role("button", name="Pin")).to_be_focused()
        press("?")
        expect(page.locator("dialog")).to_contain_text("next, previous entry")
        press("Enter")
        expect(page.locator("dialog")).to_have_count(0)
        press("t")
        self.assertEqual(page.locator("html").get_attribute("data-theme"), "light")
        press("/")
        expect(page.locator("#question")).to_be_focused()
        self.check_quiet(self.server)

    def test_no_text_of_an_incident_becomes_markup(self):
        its_day = "#/incidents?since=2026-11-01&until=2026-11-01"
        for route in ["#/incident/ODD%2F1", "#/?q=markup bold img src onerror", its_day]:
            page = self.open(self.server, route)
            page.get_by_text(MARKUP).first.wait_for()
            markup = "main img, main b:text-is('bold'), main a[href^='javascript']"
            self.assertEqual(page.locator(markup).count(), 0, route)
            self.check_quiet(self.server)

    def test_an_alert_that_comes_in_is_there(self):
        labels = {"alertname": "PageCheckAlert", "service": "auth"}
        notes = {"summary": "Logins fail since the drill"}
        alert = {"status": "firing", "labels": labels, "annotations": notes, "fingerprint": "a1", "generatorURL": "",
                 "startsAt": "2026-11-19T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}
        message = {"version": "4", "groupKey": "{}:{alertname=\"PageCheckAlert\"}", "truncatedAlerts": 0,
                   "status": "firing", "receiver": "relapse", "groupLabels": {"alertname": "PageCheckAlert"},
                   "commonLabels": labels, "commonAnnotations": notes, "externalURL": "", "alerts": [alert]}
        told = self.server.post("/webhooks/alertmanager", message)["results"][0]
        self.assertEqual(told["result"], "created")
        page = self.open(self.server)
        expect(page.locator(".answer")).to_contain_text("drill")


class Beginnings(PageTest):
    def test_an_empty_store_says_how_to_begin(self):
        server = Server(self.folder / "empty")
        self.addCleanup(server.stop)
        page = self.open(server)
        expect(page.locator("pre").first).to_contain_text("relapse ingest")
        self.check_for_all(page)
        for route in ["classes", "incidents", "report", "decisions"]:
            page.goto(f"{server.http}/#/{route}")
            page.locator("h1").first.wait_for()
        self.check_quiet(server)

    def test_a_server_that_went_away_is_said_and_asked_again(self):
        server = Server(self.folder / "gone")
        page = self.open(server, "#/classes")
        page.locator("h1").wait_for()
        server.stop()
        page.goto(server.http + "/#/incidents")
        expect(page.locator(".failed")).to_contain_text("The server does not answer")
        self.assertTrue(page.get_by_role("button", name="Try again").is_visible())

    def test_a_token_is_asked_for_and_kept_in_the_tab_alone(self):
        (self.folder / "guarded").mkdir()
        tokens = self.folder / "guarded" / "tokens"
        command = [BINARY, "token", "pager", "--tokens", str(tokens)]
        token = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        server = Server(self.folder / "guarded", "--tokens", str(tokens), stored=incidents(60))
        self.addCleanup(server.stop)
        page = self.open(server, "#/class/FC-1")
        dialog = page.locator("dialog")
        expect(dialog).to_contain_text("needs a token")
        self.check_for_all(page)
        page.get_by_label("Token", exact=True).fill("rlp_wrong")
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text("not accepted")
        page.get_by_label("Token", exact=True).fill(token)
        page.keyboard.press("Enter")
        page.locator("svg.timeline").wait_for()
        kept = page.evaluate("JSON.stringify([{...localStorage}, document.cookie, location.href])")
        self.assertNotIn(token, kept)
        self.assertIn(token, page.evaluate("JSON.stringify({...sessionStorage})"))
        page.get_by_role("button", name="Pin").click()
        expect(page.get_by_label("Who decides")).to_have_count(0)
        dialog.get_by_role("button", name="Pin").click()
        expect(page.locator(".decisions")).to_contain_text("pager")
        page.reload()
        page.locator("svg.timeline").wait_for()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
