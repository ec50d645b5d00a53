-- The database in which meshes run SQL of their own. Run at each start of its use, as its administrator, under a lock;
-- every step may be repeated. Names in ${} are put in by `SqlSetup`; all of them are letters, digits and _.

-- claudemesh:       the administrator's alone.
-- claudemesh_run:   two functions a mesh, which run a statement as that mesh; only the login can see them.
-- claudemesh_guard: what such a function is checked with before and after.
create schema if not exists claudemesh;
create schema if not exists claudemesh_run;
create schema if not exists claudemesh_guard;

-- The login by which the broker runs statements. It is a member of nothing and owns nothing.
-- salt: makes the names of this database's roles its own, since roles belong to the whole server.
create table if not exists claudemesh.setup (
  one      boolean primary key default true check (one),
  salt     text not null,
  login    text not null,
  password text not null
);

insert into claudemesh.setup (salt, login, password)
values ('${salt}', 'meshdb_login_${salt}', '${password}')
on conflict do nothing;

do $do$
declare
  setup claudemesh.setup;
  routine text;
begin
  select * into strict setup from claudemesh.setup;
  execute format('revoke all on database %I from public', current_database());
  revoke all on schema public from public;
  if not exists (select from pg_roles where rolname = setup.login) then
    execute format('create role %I noinherit connection limit 100', setup.login);
  end if;
  execute format('alter role %I login password %L', setup.login, setup.password);
  execute format('grant connect on database %I to %I', current_database(), setup.login);
  execute format('grant usage on schema claudemesh_run, claudemesh_guard to %I', setup.login);
  if current_setting('is_superuser') = 'off' then
    -- to end a statement that does not end, an administrator who is no superuser must be a member
    execute format('grant %I to current_user', setup.login);
  end if;
end
$do$;

-- How many bytes a mesh's tables take, with their indexes.
create or replace function claudemesh_guard.size_of(mesh text) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
  select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = mesh and c.relkind in ('r', 'm', 'S')
$body$;

-- Before a change: how many bytes there are, unless they are twice what may be: rows of changes that were taken back stay
-- on disk until they are vacuumed away.
create or replace function claudemesh_guard.begin_write(mesh text, quota bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  size bigint := claudemesh_guard.size_of(mesh);
begin
  if size > 2 * quota then
    raise exception using errcode = 'MQ003', message = 'the database of the mesh is full of rows that are gone';
  end if;
  return size;
end
$body$;

-- After a change: nothing may be left behind that runs, or lasts, outside of the mesh's own schema.
create or replace function claudemesh_guard.end_write(mesh text, size_before bigint, quota bigint, most_relations int)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  owner oid := (select oid from pg_roles where rolname = mesh);
  space oid := (select oid from pg_namespace where nspname = mesh);
  size  bigint;
begin
  if (select count(*) from pg_proc where pronamespace = 'claudemesh_run'::regnamespace and proowner = owner) <> 2
      or not has_schema_privilege(owner, space, 'usage')
      or not has_schema_privilege(owner, space, 'create')
      or not has_schema_privilege(owner, 'claudemesh_guard', 'usage') then
    raise exception using errcode = '42501', message = 'what runs the statements of a mesh cannot be dropped or revoked';
  end if;
  if (select count(*) from pg_default_acl where defaclrole = owner) <> 2
      or exists (select from pg_default_acl, aclexplode(defaclacl) where defaclrole = owner and grantee <> owner)
      or exists (select from pg_db_role_setting where setrole = owner) then
    raise exception using errcode = '42501', message = 'the role of a mesh cannot be changed';
  end if;
  if has_table_privilege('pg_authid', 'select') then
    if exists (select from pg_authid a where a.oid = owner and a.rolpassword is not null) then
      raise exception using errcode = '42501', message = 'the role of a mesh cannot be changed';
    end if;
  end if;
  -- What runs at the commit no longer runs as the mesh: triggers before PostgreSQL 18, and cursors that outlive it.
  if exists (select from pg_constraint where connamespace = space and condeferrable and contype <> 'f') then
    raise exception using errcode = '0A000', message = 'only foreign keys can be deferred';
  end if;
  if exists (select from pg_cursors where is_holdable) then
    raise exception using errcode = '0A000', message = 'a cursor cannot outlive the statement';
  end if;
  if exists (select from pg_prepared_statements) then
    raise exception using errcode = '0A000', message = 'a prepared statement cannot outlive the statement';
  end if;
  if exists (select from pg_largeobject_metadata where lomowner = owner) then
    raise exception using errcode = '0A000', message = 'there are no large objects here; use a column of type bytea';
  end if;
  if (select count(*) from pg_class where relnamespace = space) > most_relations then
    raise exception using errcode = 'MQ002',
      message = format('a mesh can have %s tables, indexes, views and sequences together', most_relations);
  end if;
  size := claudemesh_guard.size_of(mesh);
  if size > quota and size > size_before then
    raise exception using errcode = 'MQ001', message = 'the database of the mesh is full';
  end if;
end
$body$;

-- Tables and views of a mesh with their columns.
create or replace function claudemesh_guard.columns_of(mesh text)
returns table (relation text, attribute text, type text, nullable boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $body$
  select c.relname::text,
         a.attname::text,
         replace(format_type(a.atttypid, a.atttypmod), mesh || '.', ''),
         not a.attnotnull
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where n.nspname = mesh and c.relkind in ('r', 'v', 'm', 'p')
   order by c.relname, a.attnum
$body$;

revoke all on all functions in schema claudemesh_guard from public;

-- What a superuser can close on top: what the catalogs tell of other meshes' tables, functions and views, and functions
-- by which a statement would reach beyond its transaction. Whoever is no superuser leaves it as it is.
do $do$
declare
  login text := (select s.login from claudemesh.setup s);
  thing text;
begin
  execute format('grant execute on function claudemesh_guard.columns_of(text) to %I', login);
  if current_setting('is_superuser') = 'off' then
    return;
  end if;
  execute format('alter role %I set temp_file_limit = ''256MB''', login);
  for thing in
    select format('%I.%I', n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'pg_catalog' and c.relkind in ('r', 'v')
       and exists (select from aclexplode(c.relacl) where grantee = 0)
       and c.relname not in ('pg_settings', 'pg_timezone_names', 'pg_timezone_abbrevs', 'pg_cursors', 'pg_language')
  loop
    execute format('revoke all on %s from public', thing);
  end loop;
  for thing in
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'pg_catalog' and p.prokind = 'f'
       and (p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))
       and p.proname ~ ('^(pg_(try_)?advisory_.*|pg_notify|pg_logical_.*|pg_export_snapshot|pg_replication_.*|pg_stat_.*'
         || '|pg_get_(?!expr$|serial_sequence$|keywords$).*|pg_identify_object.*|pg_describe_object|pg_lock_status'
         || '|pg_prepared_xact|pg_control_.*|pg_.*blocking_pids|pg_tablespace_.*|pg_relation_file.*|pg_filenode_relation'
         || '|.*_to_xml.*|lo_.*|loread|lowrite)$')
  loop
    execute format('revoke all on function %s from public', thing);
  end loop;
  -- by these the driver names the types of a result
  foreach thing in array array['pg_type', 'pg_namespace', 'pg_class', 'pg_attribute', 'pg_attrdef'] loop
    execute format('grant select on pg_catalog.%I to %I', thing, login);
  end loop;
end
$do$;
