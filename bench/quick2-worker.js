import { serveTasks } from './children.js'; import { contenders } from './contenders.js';
const [n,o]=process.argv.slice(2);
const form='AccessKeyId=x&'.padEnd(560,'y');
let send;
if (n==='new'||n==='old'){const {post}=await import(`./node_modules/.stage/client-${n}.mjs`); send=async()=>{const r=await post(o,form); JSON.parse(r.body)}}
else if(n.startsWith('v-')){const {createConfig}=await import('./contenders.js');const {default:f}=await import(`./node_modules/.stage/${n}.mjs`);const cfg=createConfig(o);const getConfig=async()=>cfg;send=async()=>{const {sendMessage}=await f({getConfig});await sendMessage({to:'8613800138000',type:'SignIn',payload:{code:'811125',locale:'zh-CN'},ip:'203.0.113.7'})}}
else send=(await contenders[n](o)).send;
serveTasks({throughput:async(count)=>{let left=count;const st=performance.now();await Promise.all(Array.from({length:50},async()=>{while(left-->0)await send()}));return count/(performance.now()-st)*1000},sequence:async(count)=>{const l=[];const c=process.cpuUsage();for(let i=0;i<count;i++){const s=performance.now();await send();l.push(performance.now()-s)}const u=process.cpuUsage(c);l.sort((a,b)=>a-b);return{latency:l[l.length>>1],cpu:(u.user+u.system)/1000/count}}});
