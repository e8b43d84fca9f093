#!/usr/bin/env python3
"""Writes what an installation of Chestnut is made of, as SPDX 2.3 JSON.

sbom.py VERSION OUT PROGRAM...

The packages are Chestnut itself and those whose libraries its programs load, by
the needs of the ELF files, with the versions installed where it is built; those
that are compiled in; and the compiler that the plugin belongs to. A library of no
Debian package stands by its file's name, without a version. The same programs and
packages give the same bytes: the time is SOURCE_DATE_EPOCH's, the namespace a
digest of the rest.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

# As packaging/reproducible.cmake has it.
DEFAULT_TIME = 1767225600
LICENSE = "Apache-2.0"
# The plugin is loaded into it; no ELF file says so.
COMPILER = "clang-19"
# Of these, headers or archives are inside the programs.
COMPILED_IN = ("libcli11-dev", "nlohmann-json3-dev", "libflatbuffers-dev")


def printed(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def libraries(programs):
    """Paths of all shared objects that the programs load, without links."""
    found = set()
    for program in programs:
        for path in re.findall(r"=> (/\S+) \(0x", printed("ldd", program)):
            found.add(os.path.realpath(path))
    # What is built here and loaded is Chestnut's own.
    return sorted(path for path in found if path.startswith(("/usr/", "/lib")))


def owner(path):
    """The Debian package that the file is from, or None."""
    for candidate in (path, path.replace("/usr/lib/", "/lib/", 1)):
        done = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return None


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def quoted(text):
    """As a part of a purl."""
    return urllib.parse.quote(text, safe="")


def plain_package(name):
    return {
        "SPDXID": identifier(name),
        "name": name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }


def debian_package(name):
    package = plain_package(name)
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\t${source:Package}\t${Architecture}\n", name],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return package
    version, source, architecture = done.stdout.splitlines()[0].split("\t")
    locator = f"pkg:deb/debian/{quoted(name)}@{quoted(version)}?arch={architecture}"
    package.update({
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "sourceInfo": f"built from source package {source}",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": locator}],
    })
    return package


def document(version, programs):
    own = plain_package("chestnut") | {
        "versionInfo": version,
        "supplier": "Organization: The Chestnut developers",
        "licenseConcluded": LICENSE,
        "licenseDeclared": LICENSE,
        "primaryPackagePurpose": "APPLICATION",
    }
    loaded = sorted({COMPILER} | {owner(path) or os.path.basename(path) for path in libraries(programs)})
    inside = [name for name in COMPILED_IN if name not in loaded]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relations += [(own["SPDXID"], "DEPENDS_ON", identifier(name)) for name in loaded]
    relations += [(own["SPDXID"], "STATIC_LINK", identifier(name)) for name in inside]
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", DEFAULT_TIME))
    made = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    result = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"chestnut-{version}",
        "documentNamespace": "",
        "creationInfo": {"created": made.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: chestnut-sbom"]},
        "packages": [own] + [debian_package(name) for name in loaded + inside],
        "relationships": [{"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other}
                          for element, kind, other in relations],
    }
    digest = hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()
    result["documentNamespace"] = f"https://spdx.org/spdxdocs/chestnut-{version}-{digest[:32]}"
    return result


def main():
    version, out, *programs = sys.argv[1:]
    text = json.dumps(document(version, programs), indent=1) + "\n"
    temporary = out + ".new"
    pathlib.Path(temporary).write_text(text)
    os.replace(temporary, out)


if __name__ == "__main__":
    main()
