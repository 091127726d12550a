//! Ears and a mouth on local models.
