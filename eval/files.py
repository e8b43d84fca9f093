"""What the folder holds that the commands of workloads.txt run in."""

import os
import pathlib
import struct
import subprocess
import sys
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "test/binary"))
import workloads  # noqa: E402

TEXTS = {
    "less.keys": "  /word 5\nn?word\nGgq",
    "more.keys": "  \n/x\nq",
    "quit.keys": "help\nping\nquit\n",
    "yes.keys": "y\ny\ny\ny\ny\n",
    "dirmngr.keys": "GETINFO version\nGETINFO pid\nKEYSERVER\nBYE\n",
    "rmt.commands": "Owords\n0 O_RDONLY\nR10\nL0\n0\nS\nC\n",
    "typed": "echo hi\nexit\n",
    "timing": "I 0.1 8\nI 0.1 5\n",
    "zone": "Rule R 1980 max - Apr lastSun 2:00 1:00 D\nRule R 1980 max - Oct lastSun 2:00 0 S\n"
            "Zone Test/Zone 1:00 R A%sT\nLink Test/Zone Test/Link\n",
    "build.ninja": "rule copy\n  command = cp $in $out\nbuild out1: copy words\nbuild out2: copy out1\n",
    "change.patch": "--- words\n+++ words\n@@ -1,2 +1,2 @@\n-word 0 b0 words\n+word zero b0 words\n word 1 b1 words\n",
    "script.tcl": "puts hello\nexit 0\n",
    "hello.pas": "begin\n  writeln('hello');\nend.\n",
    "hello.adb": "procedure Hello is\nbegin\n   null;\nend Hello;\n",
    "group": "root:x:0:\nnobody:x:99:a,b\nroot:x:0:\n",
    "confusables": "0021 ; 01C3 ; SL # x\n",
    "wholes": "0021 ; A ; B ; L # x\n",
    "prefix/etc/group": "root:x:0:\n",
    "prefix/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "prefix/etc/gshadow": "root:*::\n",
    "package/DEBIAN/control": "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n",
    "package/usr/share/x/words": "words\n",
    "man/man1/x.1": ".TH x 1\n.SH NAME\nx \\- does x\n",
}


def image():
    """A grey PNG picture of one pixel."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b""))


def prepare(folder):
    """Fills it."""
    workloads.prepare(folder)
    root = pathlib.Path(folder)
    for name, text in TEXTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "image.png").write_bytes(image())
    (root / "disk").write_bytes(bytes(1 << 20))
    (root / "empty/inner").mkdir(parents=True)
    (root / "home").mkdir(mode=0o700)
    (root / "package").chmod(0o755)
    (root / "package/DEBIAN").chmod(0o755)
    with zipfile.ZipFile(root / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(root / "words", "words")
        archive.write(root / "large", "inner/large")
    subprocess.run(["dpkg-deb", "-b", "package", "built.deb.in"], cwd=folder, check=False, capture_output=True)
    subprocess.run(["ar", "rc", "library.a", "program", "words"], cwd=folder, check=False, capture_output=True)
    for place in root.rglob("*"):
        if not place.is_symlink():
            os.utime(place, (1e9, 1e9))
