-- The permissions a session asked to be held to, of those its member has; null where it has them all. A session that comes back can only give up more.
alter table mesh.presence add column held_to text[];
