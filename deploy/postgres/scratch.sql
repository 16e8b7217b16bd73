-- The scratch database, in which `nuanxin backup verify` loads dumps and rolls back, and its owner `scratch`, who may
-- nothing else. Run by psql as the superuser with the password in SCRATCH_PASSWORD; running it again changes nothing
-- but the password.
\set ON_ERROR_STOP on
\set QUIET on
\getenv scratch_password SCRATCH_PASSWORD
SET client_min_messages = warning;

SELECT 'CREATE ROLE scratch' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'scratch') \gexec
ALTER ROLE scratch LOGIN PASSWORD :'scratch_password';
SELECT 'CREATE DATABASE scratch OWNER scratch'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'scratch') \gexec
REVOKE ALL ON DATABASE scratch FROM PUBLIC;
