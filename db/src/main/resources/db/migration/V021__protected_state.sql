-- Who protected a shared value: only they, admins, and those to whom they grant `state-write` change or delete it. Null: anybody who may write.
alter table mesh.state
  add column protected_by text,
  add constraint state_protector_of_mesh foreign key (mesh_id, protected_by) references mesh.member (mesh_id, id) on delete set null (protected_by);
