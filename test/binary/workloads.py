"""Programs of Debian and what they are made to do, for check_programs.py.

Each line is one command, split as a shell would; it runs in a folder that
prepare() has filled. What a command prints must not depend on time or process.
"""

import os
import tarfile

# What runs in tools/test; the rest with --all.
SUBSET = """
true
cat words
ls -l words
grep -P "wor.s" words
sed s/a/b/ words
sort -S 1k words
tar cf - words
gzip -c words
find . -name words
"""

# Of test/drift/programs. A static program has reviewed functions of libc in it.
BUILT_SUBSET = ["classes.cc", "threads.c", "threads.c-static"]

ALL = SUBSET + """
false
echo a b
printf "%d %s" 7 x
head -n 2 words
tail -n 2 words
wc words
cut -c 1-3 words
tr a b
uniq words
comm words words
join words words
paste words words
nl words
od -c words
tac words
rev words
fold -w 10 words
fmt words
expand words
split -l 100 words part
sort -u -k 2 words
sort --parallel=4 -S 64k large
shuf --random-source=words words
md5sum words
sha256sum words
b2sum words
base64 words
cksum words
sum words
stat -c %s words
du -a words
ls -laR .
ls --color=always --time-style=+x words
cp words copy
cp -a folder other
mv copy moved
ln -s words link
readlink -f words
realpath words
basename a/b
dirname a/b
mkdir -p a/b/c
touch new
chmod 600 words
install -m 644 words installed
rm -rf a
id -u
id -un root
getent passwd root
getent hosts localhost
getent services http
whoami
groups root
date -u -d @0
date -d "1970-01-01 UTC" +%s
uname -s
nproc --all
expr 3 + 4
seq 5
factor 1234567
test -f words
sleep 0
timeout 5 true
env true
nice true
tee copy
dd if=words of=copy status=none
sync words
truncate -s 10 words
cmp words words
diff words words2
diff3 words words2 words
patch --version
grep -rn word folder
grep -c -f words words
grep -E "(a|b)+" words
sed -n "/a/,/b/p" words
sed -i s/a/b/ words2
awk "{print $1}" words
gawk "{print $1}" words
mawk "{print $1}" words
find . -type f -size +1
find folder -delete
xargs echo
tar xf archive.tar
tar czf new.tgz words
tar tvf archive.tar
gzip -k words
gzip -dc words.gz
bzip2 -kc words
xz -kc words
xz -T4 -kc large
zstd -c words
file words
cpio --version
bc --version
dc -e "3 4 + p"
iconv -f UTF-8 -t UTF-16 words
iconv -f LATIN1 -t EBCDIC-US words2
locale
localedef --version
getconf PAGESIZE
ldd --version
strings words
objdump -h program
nm -D program
readelf -h program
size program
strip -o stripped program
ar rc lib.a words
as --version
ld --version
make --version
m4 words
bison --version
flex --version
git --version
git init -q repository
git hash-object words
git diff --no-index words words
openssl version
openssl dgst -sha256 words
openssl rand -out random 16
openssl genrsa -out key 1024
openssl list -providers
ssh-keygen -q -t ed25519 -N x -f id
ssh-keygen -l -f host.pub
ssh -V
curl -s file:///etc/hostname
curl -s http://127.0.0.1:1/
curl -s http://nowhere.invalid/
wget --version
sqlite3 :memory: "create table t(a); insert into t values(1); select * from t"
perl -e "print sort qw(b a)"
python3 --version
vim --version
less --version
nano --version
tmux -V
ps --version
free --version
kill -l
pgrep -x init
lsblk --version
mount --version
hostname
ip -V
ss -V
ping -V
gpg --version
gpg --batch --dry-run --list-keys
dpkg --print-architecture
dpkg-query -W -f x dpkg
apt-cache --version
jq . data.json
bash -c "echo $((1+2))"
bash -c "trap 'echo caught' USR1; kill -USR1 $$; kill -ABRT $$"
awk "BEGIN { system(\"true\"); print 1 | \"cat\" }"
timeout 2 sleep 60
env LC_ALL=C sort words2
iconv -f UTF-8 -t ASCII//TRANSLIT words2
iconv -l
getent ahosts localhost
getent initgroups root
dash -c "echo hello; exit 3"
"""


def prepare(folder):
    """Fills a folder with what the commands read."""
    def write(name, text):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    words = "".join(f"word {i % 97} b{i} words\n" for i in range(500))
    write("words", words)
    write("words2", words.replace("word 1", "word one"))
    write("large", "".join(f"{(i * 7919) % 99991} x\n" for i in range(60000)))
    write("folder/inner/words", words)
    write("data.json", '{"a": [1, 2, {"b": null}]}')
    write("host.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAA host\n")
    with tarfile.open(os.path.join(folder, "archive.tar"), "w") as archive:
        info = tarfile.TarInfo("from_archive")
        archive.addfile(info)
    with open("/usr/bin/true", "rb") as source:
        with open(os.path.join(folder, "program"), "wb") as copy:
            copy.write(source.read())
    # 1f 8b: gzip's own output would carry the time.
    import gzip
    with open(os.path.join(folder, "words.gz"), "wb") as raw:
        with gzip.GzipFile("words", "wb", fileobj=raw, mtime=0) as packed:
            packed.write(words.encode())
    # Archives carry times.
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            os.utime(os.path.join(place, name), (1e9, 1e9))
