-- The order in which hours were published: its greatest number says whether any has come, an old one too, without counting them.
-- Hours are published under a lock, so a greater number is never seen before a smaller one.
ALTER TABLE community_hour ADD COLUMN published_order bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX community_hour_published_order ON community_hour (published_order);
