//! Every statement of the product, prepared by both engines.

use ticketboss::data::Database;
use ticketboss_tests::on_both_engines;

on_both_engines! {
    async fn every_statement_can_be_prepared(app) {
        let database = app.coordinator().database();
        let mut refused = Vec::new();
        let mut prepared = 0;
        for (name, statement) in Database::statements() {
            prepared += 1;
            if let Err(error) = database.prepare(statement).await {
                refused.push(format!("{name}: {error}"));
            }
        }
        assert!(refused.is_empty(), "{}", refused.join("\n"));
        assert!(prepared > 50, "there are more than {prepared} statements");
    }
}
