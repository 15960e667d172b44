(function(){"use strict";
var D=JSON.parse(document.getElementById("data").textContent),B=document.getElementById("rows"),
q=document.getElementById("q"),pol=document.getElementById("pol"),ver=document.getElementById("ver"),nat=document.getElementById("nat"),
size=20,page=0,shown=[];
function el(tag,cls,text){var e=document.createElement(tag);if(cls)e.className=cls;if(text!==undefined)e.textContent=text;return e}
function lab(e,text){e.setAttribute("data-l",text);return e}
function has(r){var s=r[4],p=pol.value,v=ver.value;
if(p!==""){var c=s.charAt(+p);return v?c===v:c!=="-"}
return v?s.indexOf(v)>=0:true}
function fits(r,text){return !text||r[2].toLowerCase().indexOf(text)>=0||r[1].toLowerCase().indexOf(text)>=0}
function count(s,c){return s.split(c).length-1}
function filter(){var text=q.value.trim().toLowerCase();
shown=D.rows.filter(function(r){return fits(r,text)&&has(r)&&(!nat.value||r[3]===nat.value)});
page=0;draw()}
function row(r){var tr=el("tr","link"),a=el("a","",r[2]),td=el("td","title");
a.href="companies/"+r[0]+".html";td.appendChild(a);
if(r[3]&&L.tag)td.appendChild(el("span","tag",D.natures[r[3]]));tr.appendChild(td);
tr.appendChild(lab(el("td","mono",r[1]),L.identity));
var v=lab(el("td","c"),L.conclusion);
if(pol.value!==""){var s=D.standings[r[4].charAt(+pol.value)];v.appendChild(el("span","chip v-"+s[0],s[1]))}
else{["e","n","u"].forEach(function(c){var k=count(r[4],c),s=D.standings[c];
if(k)v.appendChild(el("span","chip v-"+s[0],s[1]+" "+k)),v.appendChild(document.createTextNode(" "))})}
tr.appendChild(v);
var m=lab(el("td","n"),L.money),t=el("span","",r[5]||"—");if(r[6])t.title=r[6];m.appendChild(t);tr.appendChild(m);return tr}
function draw(){var n=Math.max(1,Math.ceil(shown.length/size));page=Math.min(page,n-1);
B.textContent="";shown.slice(page*size,page*size+size).forEach(function(r){B.appendChild(row(r))});
document.getElementById("none").hidden=shown.length>0;document.getElementById("tab").hidden=!shown.length;
document.getElementById("found").textContent=L.found.replace("{}",shown.length);
document.getElementById("at").textContent=(page+1)+" / "+n;
document.getElementById("prev").disabled=page===0;document.getElementById("next").disabled=page>=n-1}
function keep(){var p=[];if(q.value)p.push("q="+encodeURIComponent(q.value));if(pol.value!=="")p.push("p="+pol.value);
if(ver.value)p.push("v="+ver.value);if(nat.value)p.push("n="+nat.value);
try{history.replaceState(null,"",p.length?"#"+p.join("&"):location.pathname+location.search)}catch(e){}}
function read(){var m={};location.hash.slice(1).split("&").forEach(function(x){var i=x.indexOf("=");if(i>0)m[x.slice(0,i)]=decodeURIComponent(x.slice(i+1))});
q.value=m.q||"";pol.value=m.p||"";ver.value=m.v||"";nat.value=m.n||"";filter()}
function user(){filter();keep()}
q.addEventListener("input",user);[pol,ver,nat].forEach(function(s){s.addEventListener("change",user)});
document.getElementById("reset").addEventListener("click",function(){q.value=pol.value=ver.value=nat.value="";user()});
document.getElementById("prev").addEventListener("click",function(){page--;draw()});
document.getElementById("next").addEventListener("click",function(){page++;draw()});
window.addEventListener("hashchange",read);read();
document.addEventListener("click",function(e){var a=e.target.closest&&e.target.closest("a[data-jump]");
if(a)setTimeout(function(){document.getElementById("companies").scrollIntoView()},0)});
})();
