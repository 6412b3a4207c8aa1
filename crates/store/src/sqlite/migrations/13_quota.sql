ALTER TABLE blocks ADD COLUMN quota TEXT;   -- JSON; of customers whose automatic releases are counted
