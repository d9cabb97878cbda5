"""The HTML report in a browser nobody here wrote: headless Chromium, driven by playwright.

report_check.py BINARY [PICTURE]   (PICTURE: where to put a screenshot of the sample report, .png)
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from playwright.sync_api import sync_playwright

BINARY = sys.argv[1]
PICTURE = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "incidents"
PERIOD = ["--since", "2026-01-01", "--until", "2026-11-20"]
PICTURES = {"traffic": "rect", "timeline": "circle.dot", "gaps": "rect.box", "matrix": "rect.cell"}


def relapse(*arguments):
    return subprocess.run([BINARY, *arguments], check=True, capture_output=True, text=True).stdout


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="relapse-report-")
        folder = pathlib.Path(cls.folder.name)
        store = ["--data", str(folder / "store")]
        relapse("ingest", str(SAMPLES), *store)
        cls.file = folder / "report.html"
        relapse("report", *PERIOD, "--format", "html", "--out", str(cls.file), *store)
        cls.driver = sync_playwright().start()
        # The system's own Chromium: playwright's download is not needed.
        cls.browser = cls.driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.driver.stop()
        cls.folder.cleanup()

    def open(self, width, **options):
        page = self.browser.new_page(viewport={"width": width, "height": 900}, **options)
        self.addCleanup(page.close)
        self.said, self.asked = [], []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(self.file.as_uri())
        return page

    def test_it_says_nothing_to_the_console_and_asks_no_one(self):
        self.open(1280)
        self.assertEqual(self.said, [])
        asked = [url for url in self.asked if not url.startswith("data:")]
        self.assertEqual(asked, [self.file.as_uri()])

    def test_every_picture_is_drawn(self):
        page = self.open(1280)
        for name, shape in PICTURES.items():
            picture = page.locator(f"figure#{name} svg")
            box = picture.bounding_box()
            self.assertGreater(box["width"], 600, name)
            self.assertGreater(box["height"], 100, name)
            self.assertGreaterEqual(page.locator(f"figure#{name} {shape}").count(), 5, name)
            self.assertTrue(picture.get_attribute("aria-labelledby"), name)
            outside = picture.evaluate(
                """svg => Array.from(svg.querySelectorAll('circle, rect, path, text')).filter(shape => {
                     const [a, b] = [svg.getBoundingClientRect(), shape.getBoundingClientRect()];
                     if (b.width + b.height === 0) return false;
                     return b.left < a.left - 1 || b.right > a.right + 1 || b.top < a.top - 1 || b.bottom > a.bottom + 1;
                   }).map(shape => shape.outerHTML)"""
            )
            self.assertEqual(outside, [], name)

    def test_a_table_is_sorted_from_the_keyboard(self):
        page = self.open(1280)
        table = page.locator("section[aria-labelledby=classes] table")
        head = table.locator("thead th").nth(1)
        before = table.locator("tbody tr").all_inner_texts()

        def times():
            return [int(text) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]

        head.locator("button").focus()
        page.keyboard.press("Enter")
        self.assertEqual(head.get_attribute("aria-sort"), "descending")
        self.assertEqual(times(), sorted(times(), reverse=True))
        page.keyboard.press("Space")
        self.assertEqual(head.get_attribute("aria-sort"), "ascending")
        self.assertEqual(times(), sorted(times()))
        self.assertEqual(sorted(before), sorted(table.locator("tbody tr").all_inner_texts()))
        self.assertIn("times", page.locator("#sorted").inner_text())
        page.locator("section[aria-labelledby=classes] thead button").first.focus()
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "times")

    def test_the_page_fits_a_phone(self):
        page = self.open(390)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)

    def test_the_structure_is_one_that_can_be_heard(self):
        page = self.open(1280)
        levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
        self.assertEqual(levels[0], 1)
        self.assertEqual(set(levels[1:]), {2})
        self.assertEqual(page.locator("html").get_attribute("lang"), "en")
        ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
        self.assertEqual(len(ids), len(set(ids)))
        for reference in page.locator("[aria-labelledby]").evaluate_all(
            "all => all.map(one => one.getAttribute('aria-labelledby'))"
        ):
            self.assertIn(reference, ids)

    def test_texts_have_contrast_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            page = self.open(1280, color_scheme=scheme)
            ratios = page.evaluate(
                """() => {
                     const light = text => {
                       const part = value => { const s = value / 255; return s <= .04045 ? s / 12.92 : ((s + .055) / 1.055) ** 2.4; };
                       const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(part);
                       return .2126 * r + .7152 * g + .0722 * b;
                     };
                     const paper = light(getComputedStyle(document.body).backgroundColor);
                     return Array.from(document.querySelectorAll('h1, p, li, td, th, dt, dd, a, figcaption')).map(one => {
                       const ink = light(getComputedStyle(one).color);
                       return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
                     });
                   }"""
            )
            self.assertGreater(min(ratios), 4.5, scheme)

    def test_it_prints(self):
        page = self.open(1280)
        self.assertGreater(len(page.pdf(format="A4")), 10_000)

    def test_a_picture_is_taken(self):
        if PICTURE is None:
            self.skipTest("no file was named for it")
        page = self.open(1280)
        page.screenshot(path=str(PICTURE), clip={"x": 0, "y": 0, "width": 1280, "height": 1500}, full_page=True)
        self.assertGreater(PICTURE.stat().st_size, 10_000)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
