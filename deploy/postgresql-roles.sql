-- Two roles on PostgreSQL: forum_owner owns the tables and changes them (flask db upgrade, demo, restore);
-- forum, as whom web and worker run, writes into the audit trail and reads it, and can neither change nor delete there.
-- As a superuser, once, before the first start:
--   CREATE ROLE forum_owner LOGIN PASSWORD '…'; CREATE ROLE forum LOGIN PASSWORD '…';
--   CREATE DATABASE forum OWNER forum_owner;
-- Then as forum_owner in that database: flask --app wsgi init, and this file, which can be run again at any time:
--   psql --dbname=postgresql://forum_owner@localhost/forum --file=deploy/postgresql-roles.sql
BEGIN;
GRANT USAGE ON SCHEMA public TO forum;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO forum;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO forum;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO forum;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO forum;
REVOKE UPDATE, DELETE ON audit_entry, audit_seal FROM forum;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM forum;
COMMIT;
