mod any_bytes;
mod corpus;
mod files;
mod fixtures;
mod rig;
mod rows;
mod table;
mod undo;
