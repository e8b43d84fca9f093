#include "report/style.h"

namespace chestnut::report {

absl::string_view StyleSheet() {
  return R"(
:root{color-scheme:light dark;--fg:#1c1a17;--bg:#fdfcfa;--soft:#625b52;--line:#ddd5c9;--card:#f5f1ea;
--link:#7a3b12;--high:#a11a1a;--medium:#8a5a00;--low:#2f6b3a;--bar:#e4dccf}
@media(prefers-color-scheme:dark){:root{--fg:#ece6dc;--bg:#1a1815;--soft:#a89f92;--line:#3b362f;--card:#24211d;
--link:#e9a876;--high:#ff8f86;--medium:#e6b455;--low:#8fd19e;--bar:#3b362f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem;color:var(--fg);background:var(--bg);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.3rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.25rem 0 .4rem}
a{color:var(--link)}code,.calls,b{font-family:ui-monospace,monospace;font-size:.9em}
.soft{color:var(--soft)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);
vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}td:first-child{min-width:8rem}
.bar{display:block;height:.6rem;background:var(--bar);border-radius:.3rem;overflow:hidden;min-width:6rem}
.bar i{display:block;height:100%;background:var(--link)}
details{margin:.15rem 0}summary{cursor:pointer;padding:.1rem 0}
summary:focus-visible,a:focus-visible,input:focus-visible{outline:2px solid var(--link);outline-offset:2px}
small{color:var(--soft)}.tree details,.tree p{margin:.15rem 0 .15rem 1rem;border-left:1px solid var(--line);padding-left:.6rem}
.calls{display:flex;flex-wrap:wrap;gap:.25rem .9rem;margin:.2rem 0 .6rem;padding:0;list-style:none}
.box{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .9rem;margin:.8rem 0}
input{font:inherit;padding:.4rem .6rem;width:100%;max-width:24rem;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:.3rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
@media(max-width:34rem){body{padding:.6rem}.wide{display:none}}
@media print{:root{--fg:#000;--bg:#fff;--card:#fff}input,label,.skip{display:none}
details::details-content{display:block}a{color:inherit;text-decoration:none}}
)";
}

absl::string_view Script() {
  return R"(
const field=document.getElementById('filter');
field.closest('p').hidden=false;
field.addEventListener('input',()=>{
const word=field.value.trim().toLowerCase();
for(const item of document.querySelectorAll('.calls>li,tr[data-name]'))
item.hidden=word!==''&&!(item.dataset.name??item.firstChild.textContent).includes(word);
});
const names=(document.getElementById('names')?.content.textContent??'').split('\n');
const make=(tag,text)=>{const one=document.createElement(tag);one.textContent=text;return one;};
const step=(into,[name,place,reason])=>{
into.append(make('code',names[name]));
if(names[place])into.append(' ',make('small',names[place]));
if(names[reason])into.append(' ',make('em',names[reason]));
};
const grow=(into,node)=>{
const line=document.createDocumentFragment();
step(line,node);
while(!node[3].length&&node[4].length===1){node=node[4][0];line.append(' › ');step(line,node);}
for(const call of node[3])line.append(' → ',make('b',names[call]));
if(!node[4].length){const leaf=make('p','');leaf.append(line);into.append(leaf);return;}
const branch=make('details',''),head=make('summary','');
branch.open=true;head.append(line);branch.append(head);
for(const child of node[4])grow(branch,child);
into.append(branch);
};
const plant=tree=>{
for(const root of JSON.parse(tree.dataset.tree??'[]'))grow(tree,root);
delete tree.dataset.tree;
};
for(const tree of document.querySelectorAll('[data-tree]'))tree.addEventListener('toggle',()=>plant(tree));
// A link to a call opens the tree where it stands.
addEventListener('click',event=>{
const link=event.target.closest?.('a[href^="#"]');
const end=link&&document.getElementById(link.hash.slice(1));
if(!end)return;
for(let one=end;one;one=one.parentElement)if(one.tagName==='DETAILS'){one.open=true;plant(one);}
const call=[...end.querySelectorAll('b')].find(one=>one.textContent===link.textContent);
(call??end).scrollIntoView();
if(call){event.preventDefault();call.tabIndex=-1;call.focus();}
});
addEventListener('beforeprint',()=>{
for(const one of document.querySelectorAll('details')){one.open=true;plant(one);}
});
)";
}

}  // namespace chestnut::report
