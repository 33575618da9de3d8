"""gfnet classify --format html: a page with the images, whole however the run ends, tried in a browser."""
import base64
import io
import json
import os
import signal
import time
import unittest
from pathlib import Path

from PIL import Image

import samples
from browser import CHROMIUM, Browser
from command import MODEL, PHOTOS, SCRATCH, CommandTest, folder, main
from job import BASE, JobTest

START = b"<!--gfnet report-->\n<!doctype html>\n"
END = b"</script>\n</body>\n</html>\n"
# File names and labels that try to become markup, to end the script element, or to confuse.
HOSTILE = ["<script>hacked = 1<script>", "<img src=x onerror='hacked = 1'>", "a' onload='hacked = 1' '.png",
           "&lt;script&gt;", "</script><script>hacked = 1</script>".replace("/", "\u2215"), "<!--", "-->", "]]>",
           "line\nfeed.png", "\u202egnp.evil", "${hacked = 1}", "__proto__", "constructor", "\\u003cb", "K\u00e4se \U0001f9c0"]
LABELS = ["</script><script>hacked = 1</script>", "<b onclick=hacked=1>", "__proto__", "a\u2028b", "\"quoted\"",
          "<!--<script>", "constructor", "K\u00e4se", "&amp;", "plain"]


def data_of(content):
    """The rows of a report, parsed."""
    lines = content[content.index(b'id="rows">\n') + len(b'id="rows">\n'):].removesuffix(END)
    return [json.loads(line) for line in lines.split(b"\n") if line]


def count_of(browser):
    return browser.value("document.getElementById('count').textContent")


def names_of(browser):
    """The file names of the cards, in their order on the page."""
    return browser.value("[...document.querySelectorAll('.card')].sort((a, b) => a.dataset.index - b.dataset.index)"
                         ".map(card => card.title)")


class Report(JobTest):
    def report(self, name, *args, status=0):
        path = SCRATCH / name
        result = self.run_command(*args, "--format", "html", "--output", path)
        self.assertEqual(result.status, status, result.stderr)
        return path

    def test_rows_agree_with_json_lines(self):
        args = ["classify", "--model", MODEL, "--top", "3", *sorted(PHOTOS.glob("*.jpg")), SCRATCH / "none.jpg"]
        content = self.report("photos.html", *args, status=1).read_bytes()
        self.assertTrue(content.startswith(START) and content.endswith(END))
        rows = data_of(content)
        expected = [json.loads(line) for line in self.run_command(*args, "--format", "jsonl").text.splitlines()]
        self.assertEqual([row["path"] for row in rows], [row["path"] for row in expected])
        self.assertEqual(rows[-1], expected[-1])
        for row, other in zip(rows[:-1], expected):
            self.assertEqual([label for label, _ in row["top"]], [p["label"] for p in other["predictions"]])
            for (_, share), p in zip(row["top"], other["predictions"]):
                self.assertAlmostEqual(share, p["probability"], delta=1e-6)
            with Image.open(io.BytesIO(base64.b64decode(row["image"], validate=True))) as small:
                with Image.open(row["path"]) as photo:
                    self.assertEqual(max(small.size), 112)
                    self.assertAlmostEqual(small.width / small.height, photo.width / photo.height, delta=0.03)
                    # Each pixel is the mean of its place: close to PIL's box filter, through a JPEG.
                    box = photo.convert("RGB").resize(small.size, Image.Resampling.BOX)
                    differences = [abs(a - b) for a, b in zip(small.convert("RGB").tobytes(), box.tobytes())]
                    self.assertLess(sum(differences) / len(differences), 8)
            self.assertLess(len(row["image"]), 8000)

    def test_orientation_and_small_images(self):
        place = folder("sizes")
        photo = Image.open(PHOTOS / "cat.jpg")
        exif = Image.Exif()
        exif[0x0112] = 6
        photo.resize((200, 100)).save(place / "turned.jpg", exif=exif)
        for width, height in ((1, 1), (1, 4000), (3000, 2), (112, 112), (113, 7)):
            samples.image(place / f"{width}x{height}.png", size=(width, height))
        rows = data_of(self.report("sizes.html", *BASE, place).read_bytes())
        sizes = {}
        for row in rows:
            with Image.open(io.BytesIO(base64.b64decode(row["image"]))) as small:
                sizes[Path(row["path"]).stem] = small.size
        self.assertEqual(sizes, {"turned": (56, 112), "1x1": (1, 1), "1x4000": (1, 112), "3000x2": (112, 1),
                                 "112x112": (112, 112), "113x7": (112, 7)})

    def test_interrupted_killed_and_resumed(self):
        root = self.links(600)
        args = [*BASE, root, "--format", "html"]
        expected = self.whole(*args)
        self.assertEqual(len(data_of(expected)), 600)
        output = SCRATCH / "resumed.html"
        args += ["--output", output]
        head = expected.index(b'id="rows">\n')
        command = self.start(*args)
        self.wait_for_rows(command, output, expected[:head].count(b"\n") + 100)
        command.send_signal(signal.SIGINT)
        _, errors = command.communicate()
        self.assertEqual(command.returncode, 130)
        self.assertIn(b"--resume", errors)
        self.assertTrue(output.read_bytes().endswith(b"}\n" + END), "not whole after Ctrl-C")
        self.assertTrue(expected.startswith(output.read_bytes().removesuffix(END)))
        command = self.start(*args, "--resume")
        self.wait_for_rows(command, output, expected[:head].count(b"\n") + 300)
        command.kill()
        command.communicate()
        self.assertTrue(expected.startswith(output.read_bytes()))
        self.assertEqual(self.bulk(*args, "--resume").status, 0)
        self.assertEqual(output.read_bytes(), expected)
        self.assertEqual(self.bulk(*args, "--resume").status, 0)
        self.assertEqual(output.read_bytes(), expected)
        for length in (0, 5, head, len(expected) // 2, len(expected) - len(END) - 1, len(expected) - 3):
            with self.subTest(length=length):
                output.write_bytes(expected[:length])
                self.assertEqual(self.bulk(*args, "--resume").status, 0)
                self.assertEqual(output.read_bytes(), expected)
        output.write_bytes(expected.replace(b"Labelled images", b"Other images", 1))
        self.fail_with(2, "begins differently", *args, "--resume")


@unittest.skipUnless(CHROMIUM, "Chromium is not installed")
class InBrowser(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser(SCRATCH / "browser")
        cls.addClassCleanup(cls.browser.close)

    def open(self, path):
        self.browser.problems = []
        self.browser.open(path)

    def tearDown(self):
        self.assertEqual(self.browser.problems, [])

    def wait_for_count(self, count):
        deadline = time.monotonic() + 20
        while count_of(self.browser) != count and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(count_of(self.browser), count)

    def choose(self, name, value):
        self.browser.value(f"(() => {{ const s = document.getElementById({json.dumps(name)}); "
                           f"s.value = {json.dumps(value)}; s.dispatchEvent(new Event('change')); }})()")

    def search(self, text):
        self.browser.press("/")
        self.assertEqual(self.browser.value("document.activeElement.id"), "search")
        self.browser.type(text)

    def test_photographs(self):
        path = SCRATCH / "photos.html"
        photos = sorted(PHOTOS.glob("*.jpg"))
        self.run_command("classify", *photos, SCRATCH / "none.jpg", "--format", "html", "--output", path)
        rows = data_of(path.read_bytes())
        names = [row["path"] for row in rows]
        share = {row["path"]: row["top"][0][1] if "top" in row else -1 for row in rows}
        self.open(path)
        self.assertEqual(count_of(self.browser), "7 images, 1 failed")
        self.assertEqual(names_of(self.browser), names)
        loaded = self.browser.value("Promise.all([...document.images].map(i => i.decode()))"
                                    ".then(() => [...document.images].map(i => Math.max(i.naturalWidth, i.naturalHeight)))")
        self.assertEqual(loaded, [112] * 6)
        self.assertIn("no such file", self.browser.value("document.querySelector('.cause').textContent"))

        self.choose("order", "sure")
        self.assertEqual(names_of(self.browser), sorted(names, key=lambda name: -share[name]))
        self.choose("order", "unsure")
        self.assertEqual(names_of(self.browser), sorted(names, key=lambda name: (share[name] < 0, share[name])))
        self.choose("order", "path")
        self.assertEqual(names_of(self.browser), sorted(names))
        self.choose("order", "input")

        options = self.browser.value("[...document.getElementById('label').options].map(o => o.textContent)")
        self.assertEqual(options, ["All labels (7)", "Failed (1)", "airplane (1)", "bird (1)", "cat (1)", "ship (3)"])
        self.choose("label", "lship")
        self.assertEqual([Path(name).stem for name in names_of(self.browser)], ["boat", "fishing-boat", "sailing-boats"])
        self.choose("label", "failed")
        self.assertEqual(names_of(self.browser), names[-1:])
        self.choose("label", "all")

        self.search("SHIP fish")
        self.wait_for_count("1 of 7 images")
        self.assertEqual([Path(name).stem for name in names_of(self.browser)], ["fishing-boat"])
        self.browser.press("Enter")
        self.assertEqual(self.browser.value("document.activeElement.className"), "card")
        self.browser.press("Enter")
        self.assertTrue(self.browser.value("document.getElementById('details').open"))
        self.assertEqual(self.browser.value("document.querySelectorAll('#details .row').length"), 5)
        self.browser.press("Escape")
        self.assertFalse(self.browser.value("document.getElementById('details').open"))
        self.search("nothing like it")
        self.wait_for_count("0 of 7 images")
        self.assertFalse(self.browser.value("document.getElementById('nothing').hidden"))
        self.browser.press("Escape")
        self.wait_for_count("7 images, 1 failed")

        light = self.browser.value("getComputedStyle(document.body).backgroundColor")
        self.browser.prefer("dark")
        self.assertNotEqual(self.browser.value("getComputedStyle(document.body).backgroundColor"), light)
        self.browser.prefer("light")

    def test_hostile_names_and_labels(self):
        place = folder("hostile")
        names = []
        for i, name in enumerate(HOSTILE):
            names.append(os.fsencode(place / name))
            samples.image(names[-1] + b".jpg", seed=i)
            names[-1] += b".jpg"
        names.append(os.fsencode(place) + b"/\xff<b>.jpg")
        samples.image(names[-1], seed=99)
        names.append(os.fsencode(place) + b"/<script>hacked = 1</script>missing.jpg")
        labels = SCRATCH / "hostile.txt"
        labels.write_text("\n".join(LABELS) + "\n", encoding="utf-8")
        model = samples.safetensors(SCRATCH / "<script>hacked = 1&.safetensors", samples.gfnet())
        path = SCRATCH / "hostile.html"
        self.run_command("classify", "--model", model, "--labels", labels, "--top", "10", *names, "--format", "html",
                         "--output", path)
        self.open(path)
        self.assertEqual(count_of(self.browser), f"{len(names)} images, 1 failed")
        self.assertEqual(names_of(self.browser), [name.decode(errors="replace") for name in names])
        self.assertEqual(self.browser.value("typeof hacked"), "undefined")
        self.assertEqual(self.browser.value("document.getElementById('model').textContent"), model.name)
        self.browser.press("ArrowRight", "Enter")
        for _ in names:
            shown = self.browser.value("[...document.querySelectorAll('#details .label b')].map(b => b.textContent)")
            self.assertLessEqual(set(shown), set(LABELS))
            self.browser.press("ArrowRight")
        self.browser.press("Escape")
        self.assertEqual(self.browser.value("document.querySelectorAll('main b:not(.label b), main script').length"), 0)
        chosen = self.browser.value("[...document.getElementById('label').options].map(o => o.value)"
                                    ".filter(v => v.startsWith('l'))")
        total = 0
        for value in chosen:
            self.choose("label", value)
            total += len(names_of(self.browser))
        self.assertEqual(total, len(names) - 1)
        self.assertEqual(self.browser.value("typeof hacked"), "undefined")

    def large(self, count):
        """A report with many rows, each with a thumbnail, and its rows. Every hundredth failed."""
        path = SCRATCH / "large.html"
        self.run_command("classify", *sorted(PHOTOS.glob("*.jpg")), "--format", "html", "--output", path)
        content = path.read_bytes()
        few = data_of(content)
        rows = []
        for i in range(count):
            row = {**few[i % len(few)], "path": f"photos/{i % 37}/{i:05}.jpg"}
            row["top"] = [[row["top"][0][0], round((i * 7919 % count) / count, 6)], *row["top"][1:]]
            rows.append({"path": row["path"], "error": "not an image"} if i % 100 == 99 else row)
        with open(path, "wb") as file:
            file.write(content[:content.index(b'id="rows">\n') + len(b'id="rows">\n')])
            for row in rows:
                file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
            file.write(END)
        return path, rows

    def test_ten_thousand_images(self):
        path, rows = self.large(10000)
        self.assertLess(path.stat().st_size, 60 << 20)
        self.open(path)
        self.assertEqual(count_of(self.browser), "10000 images, 100 failed")
        cards = "document.querySelectorAll('.card').length"
        self.assertLess(self.browser.value(cards), 200)
        self.search("09999")
        self.wait_for_count("1 of 10000 images, 1 failed")
        self.browser.press("Escape")
        self.wait_for_count("10000 images, 100 failed")
        # The time of a change, in ms, without the browser's own drawing.
        took = self.browser.value("(() => { const before = performance.now(); const s = document.getElementById('order');"
                                  "s.value = 'unsure'; s.dispatchEvent(new Event('change'));"
                                  "return performance.now() - before; })()")
        self.assertLess(took, 2000)
        least = min((row for row in rows if "top" in row), key=lambda row: row["top"][0][1])
        self.assertEqual(names_of(self.browser)[0], least["path"])
        self.choose("order", "input")
        self.browser.value("document.activeElement.blur()")
        self.browser.press("ArrowRight", "End")
        self.browser.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.assertEqual(self.browser.value("document.activeElement.title"), rows[-1]["path"])
        self.assertLess(self.browser.value(cards), 200)
        self.browser.value("scrollTo(0, document.documentElement.scrollHeight / 2)")
        self.browser.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        middle = int(Path(names_of(self.browser)[0]).stem)
        self.assertTrue(4000 < middle < 6000, middle)

    def test_a_report_that_was_cut(self):
        path, rows = self.large(50)
        content = path.read_bytes()
        for length in (len(content) - len(END), len(content) - len(END) - 5):
            path.write_bytes(content[:length])
            self.open(path)
            count = 50 if length == len(content) - len(END) else 49
            self.assertTrue(count_of(self.browser).startswith(f"{count} images"), count_of(self.browser))


if __name__ == "__main__":
    main()
