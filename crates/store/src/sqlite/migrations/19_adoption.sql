ALTER TABLE blocks ADD COLUMN adoption TEXT;   -- JSON; of blocks whose owner had still to be found when they began
