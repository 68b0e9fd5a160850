//! Strangers and hostile input, and who may ask what.

mod connections;
mod hostile;
mod logs;
mod matrix;
mod private_files;
mod strangers;
mod timing;
