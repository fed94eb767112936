import { mkdtempSync } from 'node:fs'; import {execFileSync} from 'node:child_process'; import { start, stopAll } from './children.js';
const d=mkdtempSync('/tmp/q-'); execFileSync('openssl',['req','-x509','-newkey','rsa:2048','-nodes','-days','1','-subj','/CN=127.0.0.1','-addext','subjectAltName=IP:127.0.0.1','-keyout',d+'/k.pem','-out',d+'/c.pem'],{stdio:'ignore'});
const server=start('server.js',[d+'/k.pem',d+'/c.pem']); const w={};
const names=process.argv.slice(2);
for(const n of names){const {port}=await server.call('open',0); const o=`https://127.0.0.1:${port}`; w[n]=start('quick2-worker.js',[n,o],{env:{NODE_EXTRA_CA_CERTS:d+'/c.pem',BENCH_ENDPOINT:o}});}
const r={}; for(const n of names) await w[n].call('sequence',2000);
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
for(let i=0;i<60;i++)for(const n of names){const s=await w[n].call('sequence',200);(r[n]??=[]).push(s)}
for(const n of names) console.log(n.padEnd(12),'p50',med(r[n].map(x=>x.latency)).toFixed(3),'cpu',med(r[n].map(x=>x.cpu)).toFixed(3));
stopAll();process.exit();
