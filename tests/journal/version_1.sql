-- A journal as version 1 of the schema left it.
BEGIN TRANSACTION;
CREATE TABLE account (resource text primary key, name text not null unique, at real not null);
INSERT INTO "account" VALUES('r1','climate',1.0);
CREATE TABLE association (account text not null, user text not null, made real not null, removed real,
    primary key (account, user));
INSERT INTO "association" VALUES('climate','alice',1.0,NULL);
INSERT INTO "association" VALUES('climate','bob',1.0,2.0);
CREATE TABLE blocked (key text primary key, at real not null);
INSERT INTO "blocked" VALUES('climate/bob',2.0);
CREATE TABLE intent (
    run integer not null references run, key text not null, offering text not null, what text not null,
    value text not null, at real not null, result text, detail text, done real, primary key (run, key));
INSERT INTO "intent" VALUES(1,'add association climate/alice','o','add user alice to account climate','{}',2.0,'done','',3.0);
CREATE TABLE metadata (subject text primary key, checksum text not null, at real not null);
INSERT INTO "metadata" VALUES('o','123',3.0);
CREATE TABLE missing (key text primary key, since real not null);
INSERT INTO "missing" VALUES('remove association climate/carol',3.0);
CREATE TABLE released (checksum text primary key, at real not null);
INSERT INTO "released" VALUES('abc',3.0);
CREATE TABLE removal (at real not null, offering text not null, key text not null, by_order integer not null);
INSERT INTO "removal" VALUES(3.0,'o','remove association climate/bob',0);
CREATE TABLE run (id integer primary key, lane text not null, started real not null, ended real, outcome text);
INSERT INTO "run" VALUES(1,'converge',1.0,3.0,'done');
INSERT INTO "run" VALUES(2,'converge',4.0,NULL,NULL);
CREATE TABLE uid (name text primary key, uid integer not null unique);
INSERT INTO "uid" VALUES('alice',10000);
CREATE TABLE usage (month text not null, resource text not null, component text not null, user text not null,
    amount text not null, at real not null, primary key (month, resource, component, user)) without rowid;
INSERT INTO "usage" VALUES('2026-11','r1','cpu','alice','1.25',3.0);
CREATE TABLE username (offering text not null, user text not null, name text not null, primary key (offering, user));
INSERT INTO "username" VALUES('o','u1','alice');
CREATE INDEX removal_at on removal (at);
COMMIT;
pragma user_version=1;
