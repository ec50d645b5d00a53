-- One mesh in the database in which meshes run SQL of their own: a schema, a role that cannot log in, and two functions
-- that run a statement as that role. Run when a mesh first uses it, as the administrator, under a lock; every step may be
-- repeated. Nothing of a mesh is a member of anything, or owns anything outside of its schema but these two functions.
do $do$
begin
  if not exists (select from pg_roles where rolname = '${mesh}') then
    create role ${mesh} nologin noinherit connection limit 0;
  end if;
  if current_setting('is_superuser') = 'off' then
    grant ${mesh} to current_user;
  end if;
end
$do$;

create schema if not exists ${mesh};
comment on schema ${mesh} is 'mesh ${id}';
grant usage, create on schema ${mesh} to ${mesh};
-- Otherwise the information schema would list a mesh's functions and types to all.
alter default privileges for role ${mesh} revoke execute on functions from public;
alter default privileges for role ${mesh} revoke usage on types from public;
grant usage on schema claudemesh_guard to ${mesh};

-- The guard, of this mesh and for it alone: otherwise each could ask it about every other.
create or replace function claudemesh_guard.begin_${mesh}(quota bigint, most_of_all bigint) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $body$ select claudemesh_guard.begin_write('${mesh}', quota, most_of_all) $body$;
create or replace function claudemesh_guard.end_${mesh}(size_before bigint, quota bigint, most_relations int) returns int
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $body$ select claudemesh_guard.end_write('${mesh}', size_before, quota, most_relations) $body$;
revoke all on function claudemesh_guard.begin_${mesh}(bigint, bigint) from public;
revoke all on function claudemesh_guard.end_${mesh}(bigint, bigint, int) from public;
grant execute on function claudemesh_guard.begin_${mesh}(bigint, bigint) to ${mesh};
grant execute on function claudemesh_guard.end_${mesh}(bigint, bigint, int) to ${mesh};

-- What stands after the mesh's own statement must be found where it is meant, whatever that statement did to the search
-- path or put into its schema: hence all the pg_catalog.

-- Rows of a query as JSON texts, one a row; a null at the end: there are more. The cursor stays open, so that its columns
-- can be described; nobody reads from it.
create or replace function claudemesh_run.read_${mesh}(statement text, most_rows int, most_bytes bigint)
returns setof text
language plpgsql volatile security definer set search_path = ${mesh}, pg_temp
as $body$
declare
  cursor_of_rows refcursor := 'claudemesh_rows';
  one_row record;
  line text;
  used bigint := 0;
begin
  perform pg_catalog.set_config('transaction_read_only', 'on', true);
  open cursor_of_rows for execute statement;
  for i in 1 .. most_rows OPERATOR(pg_catalog.+) 1 loop
    fetch cursor_of_rows into one_row;
    exit when not found;
    line := pg_catalog.row_to_json(one_row);
    used := used OPERATOR(pg_catalog.+) pg_catalog.octet_length(line);
    if i OPERATOR(pg_catalog.>) most_rows or used OPERATOR(pg_catalog.>) most_bytes then
      return next null;
      exit;
    end if;
    return next line;
  end loop;
end
$body$;

-- Carries a statement out and tells how many rows it changed, or by a negative number why the caller must take it back.
-- Deferred checks run here, as the mesh: at the commit they would run as the login.
drop function if exists claudemesh_run.write_${mesh}(text, bigint, int); -- of older versions
create or replace function claudemesh_run.write_${mesh}(
  statement text, quota bigint, most_relations int, most_of_all bigint)
returns bigint
language plpgsql volatile security definer set search_path = ${mesh}, pg_temp
as $body$
declare
  size bigint := claudemesh_guard.begin_${mesh}(quota, most_of_all);
  changed bigint;
  refused int;
begin
  if size OPERATOR(pg_catalog.<) 0 then
    return size;
  end if;
  execute statement;
  get diagnostics changed = row_count;
  set constraints all immediate;
  refused := claudemesh_guard.end_${mesh}(size, quota, most_relations);
  if refused OPERATOR(pg_catalog.<) 0 then
    return refused;
  end if;
  return changed;
end
$body$;

grant create on schema claudemesh_run to ${mesh};
alter function claudemesh_run.read_${mesh}(text, int, bigint) owner to ${mesh};
alter function claudemesh_run.write_${mesh}(text, bigint, int, bigint) owner to ${mesh};
revoke create on schema claudemesh_run from ${mesh};

revoke all on function claudemesh_run.read_${mesh}(text, int, bigint) from public;
revoke all on function claudemesh_run.write_${mesh}(text, bigint, int, bigint) from public;
grant execute on function claudemesh_run.read_${mesh}(text, int, bigint) to ${login};
grant execute on function claudemesh_run.write_${mesh}(text, bigint, int, bigint) to ${login};
