-- A journal as version 4 of the schema left it.
BEGIN TRANSACTION;
CREATE TABLE account (resource text primary key, name text not null unique, at real not null);
INSERT INTO "account" VALUES('r1','climate',1.0);
CREATE TABLE aside (account text not null, user text not null, value text not null, own integer not null,
    at real not null, primary key (account, user)) without rowid;
CREATE TABLE asked (subject text primary key, at real not null, times integer not null);
CREATE TABLE association (account text not null, user text not null, made real not null, removed real,
    primary key (account, user));
INSERT INTO "association" VALUES('climate','alice',1.0,NULL);
CREATE TABLE blocked (key text primary key, at real not null);
CREATE TABLE coordinator (account text not null, user text not null, at real not null,
    primary key (account, user)) without rowid;
INSERT INTO "coordinator" VALUES('climate','alice',2.0);
CREATE TABLE event (key text primary key, kind text not null, about text not null, offering text not null,
    facts text not null, noted real not null, told real, tries integer not null default 0,
    tried real not null default 0, trouble text not null default '');
INSERT INTO "event" VALUES('user_ready alice','user_ready','alice','o1','{"uid": 10000}',4.0,NULL,0,0.0,'');
CREATE TABLE feed (offering text primary key, content text not null, at real not null) without rowid;
INSERT INTO "feed" VALUES('o1','{"fields":["name","uidnumber","primarygroup"],"users":[["alice",10000,10000]],"groups":[{"name":"alice","gidnumber":10000}],"tells_disabled":true}',6.0);
CREATE TABLE holder (name text primary key, user text not null, at real) without rowid;
INSERT INTO "holder" VALUES('alice','u1',1.0);
INSERT INTO "holder" VALUES('bob','u2',NULL);
CREATE TABLE intent (
    run integer not null references run, key text not null, offering text not null, what text not null,
    value text not null, at real not null, result text, detail text, done real, primary key (run, key));
CREATE TABLE let_go (name text primary key, user text not null, at real not null) without rowid;
INSERT INTO "let_go" VALUES('dave','u4',5.0);
CREATE TABLE metadata (subject text primary key, checksum text not null, at real not null);
CREATE TABLE missing (key text primary key, since real not null);
INSERT INTO "missing" VALUES('disable directory user bob',3.0);
CREATE TABLE quarantine (kind text not null, name text not null, offering text not null, reason text not null,
    since real not null, primary key (kind, name, offering)) without rowid;
INSERT INTO "quarantine" VALUES('user','root','o1','the name belongs to the system',6.0);
CREATE TABLE released (checksum text primary key, at real not null);
CREATE TABLE removal (at real not null, offering text not null, key text not null, by_order integer not null);
CREATE TABLE replaced (key text not null, field text not null, before text not null, at real not null,
    primary key (key, field)) without rowid;
CREATE TABLE reset (account text primary key, period text not null, at real not null);
CREATE TABLE run (id integer primary key, lane text not null, started real not null, ended real, outcome text);
INSERT INTO "run" VALUES(1,'converge',1.0,3.0,'done');
CREATE TABLE uid (name text primary key, uid integer not null unique, gid integer, person text not null default '');
INSERT INTO "uid" VALUES('alice',10000,10000,'u1');
INSERT INTO "uid" VALUES('bob',10001,10001,'name bob');
INSERT INTO "uid" VALUES('carol (once 10002)',10002,NULL,'');
CREATE TABLE usage (month text not null, resource text not null, component text not null, user text not null,
    amount text not null, at real not null, primary key (month, resource, component, user)) without rowid;
CREATE TABLE username (offering text not null, user text not null, name text not null, primary key (offering, user));
INSERT INTO "username" VALUES('o1','u1','alice');
INSERT INTO "username" VALUES('o1','u2','bob');
CREATE INDEX removal_at on removal (at);
CREATE INDEX event_waiting on event (noted) where told is null;
COMMIT;
pragma user_version=4;
