-- Which of PostgreSQL's text search configurations the memories of a mesh are written in; `simple` for any language.
alter table mesh.mesh add column language text not null default 'english';

-- Both come with PostgreSQL and may be installed by whoever may create things in the database; a role that may not is told
-- what to ask for. pg_trgm finds words that were typed wrong, btree_gin keeps each mesh's words apart in that index.
do $$
begin
  create extension if not exists pg_trgm with schema public;
  create extension if not exists btree_gin with schema public;
exception when insufficient_privilege or feature_not_supported or undefined_file then
  raise exception 'claudemesh needs the PostgreSQL extensions pg_trgm and btree_gin in this database (%). Let an administrator of the server run there: create extension if not exists pg_trgm; create extension if not exists btree_gin; then start the broker again. They come with PostgreSQL; some systems have them in a package called postgresql-contrib', sqlerrm
    using errcode = sqlstate;
end
$$;

-- What a mesh remembers, counted: one row a mesh, and the lock that all who change its memories take first.
-- last_number: of the memory that came last.
-- language:    what the memories are indexed in.
-- reindexed:   where the language was changed: number of the last memory that is indexed anew; null when all are.
create table mesh.memory_count (
  mesh_id     text   primary key references mesh.mesh (id) on delete cascade,
  last_number bigint not null,
  memories    int    not null check (memories >= 0),
  language    text   not null,
  reindexed   bigint
);

create index memory_count_reindexing on mesh.memory_count (mesh_id) where reindexed is not null;

-- Things that a member had the mesh remember.
-- number:  counts up within the mesh; the larger, the newer.
-- words:   what it is found by: tags (A) before content (B).
-- shelves: the mesh, the author in it, and the shelf of 8,192 neighbours in time. A search goes through shelves from the
--          newest on, so that a word that is everywhere costs no more than a rare one.
create table mesh.memory (
  mesh_id       text        not null,
  number        bigint      not null,
  id            text        not null collate "C",
  content       text        not null,
  tags          text[]      not null,
  words         tsvector    not null,
  remembered_by text        not null,
  remembered_at timestamptz not null,
  shelves       text[]      not null
    generated always as (array[mesh_id, mesh_id || '/by/' || remembered_by, mesh_id || '/' || (number / 8192)::text]) stored,
  primary key (mesh_id, number),
  constraint memory_id unique (mesh_id, id),
  constraint memory_of_member foreign key (mesh_id, remembered_by) references mesh.member (mesh_id, id) on delete cascade
);

-- Without a pending list, which each search would have to read through.
create index memory_search on mesh.memory using gin (shelves, words, tags) with (fastupdate = off);

-- Every word of a mesh's memories as it was written, in lower case, for the ends of words and for words that were typed wrong.
-- memories: how many have it; the row goes with the last of them.
create table mesh.memory_word (
  mesh_id  text not null references mesh.mesh (id) on delete cascade,
  word     text not null collate "C",
  memories int  not null,
  primary key (mesh_id, word)
) with (fillfactor = 80);

-- What a memory is found by.
create function mesh.memory_words(language text, content text, tags text[]) returns tsvector
  language sql stable
  return setweight(to_tsvector(language::regconfig, array_to_string(tags, ' ')), 'A')
    || setweight(to_tsvector(language::regconfig, content), 'B');

-- The words of a memory as they were written; the longest are no words but keys, sums and addresses.
create function mesh.memory_spellings(content text, tags text[]) returns setof text
  language sql stable rows 30
  begin atomic
    select word from unnest(tsvector_to_array(to_tsvector('simple', content || ' ' || array_to_string(tags, ' ')))) as word
    where length(word) <= 64;
  end;

-- Words of a mesh that look like another, the most alike first. An administrator may have put the extension into any schema.
do $$
declare
  place text := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm');
begin
  execute format('create index memory_word_alike on mesh.memory_word using gin (mesh_id, word %I.gin_trgm_ops) with (fastupdate = off)', place);
  execute format($function$
    create function mesh.words_alike(in_mesh text, typed text, most int) returns table (word text, memories int)
    language sql stable rows 30
    set search_path = pg_catalog, %1$I
    set pg_trgm.similarity_threshold = 0.25
    as $body$
      select w.word, w.memories from mesh.memory_word w
      where w.mesh_id = in_mesh and w.word operator(%1$I.%%) typed
      order by %1$I.similarity(w.word, typed) desc, w.memories desc, w.word
      limit most
    $body$
  $function$, place);
end
$$;
