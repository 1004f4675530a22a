-- A journal as version 2 of the schema left it.
BEGIN TRANSACTION;
CREATE TABLE account (resource text primary key, name text not null unique, at real not null);
INSERT INTO "account" VALUES('r1','climate',1.0);
CREATE TABLE aside (account text not null, user text not null, value text not null, own integer not null,
    at real not null, primary key (account, user)) without rowid;
INSERT INTO "aside" VALUES('climate','carol','{"account": "climate", "user": "carol", "qos": ["high"]}',1,2.0);
CREATE TABLE asked (subject text primary key, at real not null, times integer not null);
INSERT INTO "asked" VALUES('order',2.0,3);
CREATE TABLE association (account text not null, user text not null, made real not null, removed real,
    primary key (account, user));
INSERT INTO "association" VALUES('climate','alice',1.0,NULL);
CREATE TABLE blocked (key text primary key, at real not null);
CREATE TABLE intent (
    run integer not null references run, key text not null, offering text not null, what text not null,
    value text not null, at real not null, result text, detail text, done real, primary key (run, key));
CREATE TABLE metadata (subject text primary key, checksum text not null, at real not null);
CREATE TABLE missing (key text primary key, since real not null);
CREATE TABLE released (checksum text primary key, at real not null);
CREATE TABLE removal (at real not null, offering text not null, key text not null, by_order integer not null);
CREATE TABLE replaced (key text not null, field text not null, before text not null, at real not null,
    primary key (key, field)) without rowid;
INSERT INTO "replaced" VALUES('climate','GrpJobs','5',2.0);
CREATE TABLE reset (account text primary key, period text not null, at real not null);
INSERT INTO "reset" VALUES('climate','2026-11',2.0);
CREATE TABLE run (id integer primary key, lane text not null, started real not null, ended real, outcome text);
INSERT INTO "run" VALUES(1,'converge',1.0,3.0,'done');
CREATE TABLE uid (name text primary key, uid integer not null unique);
INSERT INTO "uid" VALUES('alice',10000);
INSERT INTO "uid" VALUES('bob',10001);
CREATE TABLE usage (month text not null, resource text not null, component text not null, user text not null,
    amount text not null, at real not null, primary key (month, resource, component, user)) without rowid;
CREATE TABLE username (offering text not null, user text not null, name text not null, primary key (offering, user));
INSERT INTO "username" VALUES('o2','u3','bob');
INSERT INTO "username" VALUES('o1','u1','alice');
INSERT INTO "username" VALUES('o1','u2','bob');
INSERT INTO "username" VALUES('o2','u1','alice');
INSERT INTO "username" VALUES('o1','u4','');
CREATE INDEX removal_at on removal (at);
COMMIT;
pragma user_version=2;
