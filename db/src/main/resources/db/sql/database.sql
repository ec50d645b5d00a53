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

-- As older versions had them, whom a mesh could ask about another.
drop function if exists claudemesh_guard.begin_write(text, bigint);
do $do$
begin
  if exists (select from pg_proc
              where oid = to_regprocedure('claudemesh_guard.end_write(text, bigint, bigint, int)')
                and prorettype = 'void'::regtype) then
    drop function claudemesh_guard.end_write(text, bigint, bigint, int);
  end if;
end
$do$;

-- How many bytes a mesh's tables take, with their indexes and with the statistics of them, which only a superuser can see.
create or replace function claudemesh_guard.size_of(mesh text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  space oid := (select oid from pg_namespace where nspname = mesh);
  size  bigint := (select coalesce(sum(pg_total_relation_size(oid)), 0)
                     from pg_class where relnamespace = space and relkind in ('r', 'm', 'S'));
begin
  if has_table_privilege('pg_statistic', 'select') then
    size := size
      + (select coalesce(sum(coalesce(pg_column_size(s.stavalues1), 0) + coalesce(pg_column_size(s.stavalues2), 0)
           + coalesce(pg_column_size(s.stavalues3), 0) + coalesce(pg_column_size(s.stavalues4), 0)
           + coalesce(pg_column_size(s.stavalues5), 0)), 0)
           from pg_class c join pg_statistic s on s.starelid = c.oid
          where c.relnamespace = space)
      + (select coalesce(sum(coalesce(pg_column_size(d.stxdmcv), 0) + coalesce(pg_column_size(d.stxdexpr), 0)), 0)
           from pg_statistic_ext e join pg_statistic_ext_data d on d.stxoid = e.oid
          where e.stxnamespace = space);
  end if;
  return size;
end
$body$;

-- How many bytes of the catalogs are a mesh's: what its definitions say, comments, and 100 more for each row.
create or replace function claudemesh_guard.definitions_of(mesh text) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
  with space as (select oid from pg_namespace where nspname = mesh),
  relation as (select c.* from pg_class c join space on c.relnamespace = space.oid),
  part (class, id, texts) as (
    select 'pg_class'::regclass, oid,
           array[pg_column_size(reloptions), pg_column_size(relacl), pg_column_size(relpartbound)] from relation
    union all
    select 'pg_attribute'::regclass, a.attrelid,
           array[pg_column_size(a.attoptions), pg_column_size(a.attacl), pg_column_size(a.attmissingval)]
      from pg_attribute a join relation r on r.oid = a.attrelid
    union all
    select 'pg_proc'::regclass, p.oid,
           array[pg_column_size(p.prosrc), pg_column_size(p.prosqlbody), pg_column_size(p.proargdefaults),
                 pg_column_size(p.proconfig), pg_column_size(p.proargnames), pg_column_size(p.proacl),
                 pg_column_size(a.agginitval), pg_column_size(a.aggminitval)]
      from pg_proc p join space on p.pronamespace = space.oid left join pg_aggregate a on a.aggfnoid = p.oid
    union all
    select 'pg_type'::regclass, t.oid,
           array[pg_column_size(t.typdefault), pg_column_size(t.typdefaultbin), pg_column_size(t.typacl)]
      from pg_type t join space on t.typnamespace = space.oid
    union all
    select 'pg_enum'::regclass, e.oid, '{}'
      from pg_enum e join pg_type t on t.oid = e.enumtypid join space on t.typnamespace = space.oid
    union all
    select 'pg_constraint'::regclass, c.oid, array[pg_column_size(c.conbin), pg_column_size(c.conkey)]
      from pg_constraint c join space on c.connamespace = space.oid
    union all
    select 'pg_attrdef'::regclass, d.oid, array[pg_column_size(d.adbin)]
      from pg_attrdef d join relation r on r.oid = d.adrelid
    union all
    select 'pg_rewrite'::regclass, w.oid, array[pg_column_size(w.ev_qual), pg_column_size(w.ev_action)]
      from pg_rewrite w join relation r on r.oid = w.ev_class
    union all
    select 'pg_trigger'::regclass, t.oid, array[pg_column_size(t.tgargs), pg_column_size(t.tgqual)]
      from pg_trigger t join relation r on r.oid = t.tgrelid
    union all
    select 'pg_policy'::regclass, p.oid,
           array[pg_column_size(p.polqual), pg_column_size(p.polwithcheck), pg_column_size(p.polroles)]
      from pg_policy p join relation r on r.oid = p.polrelid
    union all
    select 'pg_index'::regclass, i.indexrelid, array[pg_column_size(i.indexprs), pg_column_size(i.indpred)]
      from pg_index i join relation r on r.oid = i.indrelid
    union all
    select 'pg_partitioned_table'::regclass, p.partrelid, array[pg_column_size(p.partexprs)]
      from pg_partitioned_table p join relation r on r.oid = p.partrelid
    union all
    select 'pg_inherits'::regclass, i.inhrelid, '{}' from pg_inherits i join relation r on r.oid = i.inhrelid
    union all
    select 'pg_statistic_ext'::regclass, s.oid, array[pg_column_size(s.stxexprs)]
      from pg_statistic_ext s join space on s.stxnamespace = space.oid
    union all
    select 'pg_operator'::regclass, o.oid, '{}' from pg_operator o join space on o.oprnamespace = space.oid
    union all
    select 'pg_collation'::regclass, c.oid, '{}' from pg_collation c join space on c.collnamespace = space.oid
    union all
    select 'pg_conversion'::regclass, c.oid, '{}' from pg_conversion c join space on c.connamespace = space.oid
    union all
    select 'pg_cast'::regclass, c.oid, '{}'
      from pg_cast c
     where exists (select from pg_type t join space on t.typnamespace = space.oid where t.oid in (c.castsource, c.casttarget))
    union all
    select 'pg_ts_dict'::regclass, d.oid, array[pg_column_size(d.dictinitoption)]
      from pg_ts_dict d join space on d.dictnamespace = space.oid
    union all
    select 'pg_ts_config'::regclass, c.oid, '{}' from pg_ts_config c join space on c.cfgnamespace = space.oid
    union all
    select 'pg_ts_config_map'::regclass, m.mapcfg, '{}'
      from pg_ts_config_map m join pg_ts_config c on c.oid = m.mapcfg join space on c.cfgnamespace = space.oid
  )
  select coalesce(sum(100 + coalesce((select sum(bytes) from unnest(texts) bytes), 0)), 0)::bigint
       + (select coalesce(sum(100 + pg_column_size(d.description)), 0)::bigint
            from pg_description d
           where (d.classoid, d.objoid) in (select class::oid, id from part))
    from part
$body$;

-- Something of a mesh that runs a function of the mesh outside of its statements: PostgreSQL itself works out indexes,
-- statistics and distances of ranges when it vacuums and analyzes, where no limit of time holds. Null if there is nothing.
create or replace function claudemesh_guard.runs_by_itself(mesh text) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
  with space as (select oid from pg_namespace where nspname = mesh),
  thing (class, id, name) as (
    select 'pg_class'::regclass::oid, c.oid, format('index %I', c.relname)
      from pg_class c join space on c.relnamespace = space.oid where c.relkind in ('i', 'I')
    union all
    select 'pg_statistic_ext'::regclass::oid, s.oid, format('statistics %I', s.stxname)
      from pg_statistic_ext s join space on s.stxnamespace = space.oid
  ),
  -- Languages that nobody here can write in: such functions are the server's, as those of each new range type.
  written as (
    select p.oid from pg_proc p join pg_language l on l.oid = p.prolang where l.lanname not in ('internal', 'c')
  )
  select t.name
    from thing t join pg_depend d on d.classid = t.class and d.objid = t.id
   where d.refclassid = 'pg_proc'::regclass and d.refobjid in (select oid from written)
      or d.refclassid = 'pg_operator'::regclass
         and exists (select from pg_operator o where o.oid = d.refobjid and o.oprcode in (select oid from written))
      or d.refclassid = 'pg_type'::regclass
         and exists (select from pg_type y where y.oid = d.refobjid and y.typtype = 'd')
  union all
  select format('type %I', y.typname)
    from pg_range r join pg_type y on y.oid = r.rngtypid join space on y.typnamespace = space.oid
   where r.rngsubdiff in (select oid from written)
   limit 1
$body$;

-- Before a change: how many bytes there are. Or why it is not begun, which nothing that the mesh writes can pretend:
-- -3: twice as many as may be: rows of changes that were taken back stay on disk until they are vacuumed away
-- -4: all meshes together have more than they may
create or replace function claudemesh_guard.begin_write(mesh text, quota bigint, most_of_all bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  size bigint;
begin
  if pg_database_size(current_database()) > most_of_all then
    return -4;
  end if;
  size := claudemesh_guard.size_of(mesh);
  return case when size > 2 * quota then -3 else size end;
end
$body$;

-- After a change: nothing may be left behind that runs, or lasts, outside of the mesh's own schema. Then 0, or why the
-- caller must take it back:
-- -1: the mesh takes more than it may, and more than before
-- -2: it has more relations than it may
-- -5: its definitions take more than they may
create or replace function claudemesh_guard.end_write(mesh text, size_before bigint, quota bigint, most_relations int)
returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  owner oid := (select oid from pg_roles where rolname = mesh);
  space oid := (select oid from pg_namespace where nspname = mesh);
  size  bigint;
  thing text;
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
  thing := claudemesh_guard.runs_by_itself(mesh);
  if thing is not null then
    raise exception using errcode = '0A000',
      message = format('%s cannot use a function of your own, an operator of it or a domain', thing),
      hint = 'a stored generated column can hold the value, and be indexed';
  end if;
  if (select count(*) from pg_class where relnamespace = space) > most_relations then
    return -2;
  end if;
  if claudemesh_guard.definitions_of(mesh) > greatest(quota / 16, 1048576) then
    return -5;
  end if;
  size := claudemesh_guard.size_of(mesh);
  return case when size > quota and size > size_before then -1 else 0 end;
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
       and p.proname ~ ('^(pg_(try_)?advisory_.*|pg_(total_)?relation_size|pg_table_size|pg_indexes_size|pg_notify|pg_logical_.*|pg_export_snapshot|pg_replication_.*|pg_stat_.*'
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
