//! Lists for the screens, changed in place: a list that is made anew loses the finger that is pressing it.

use slint::{Model, ModelRc, VecModel};

/// What the list should be, given what it is: the same list with its rows changed, or a new one.
pub(crate) fn updated<T: Clone + PartialEq + 'static>(list: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    let Some(rows_of) = list.as_any().downcast_ref::<VecModel<T>>() else {
        return ModelRc::new(VecModel::from(rows));
    };
    if rows_of.row_count() != rows.len() {
        rows_of.set_vec(rows);
    } else {
        for (index, row) in rows.into_iter().enumerate() {
            if rows_of.row_data(index).as_ref() != Some(&row) {
                rows_of.set_row_data(index, row);
            }
        }
    }
    list
}

/// The list inside a row: the one that the row had before, changed to hold what the new one holds.
pub(crate) fn kept<T: Clone + PartialEq + 'static>(before: ModelRc<T>, now: &ModelRc<T>) -> ModelRc<T> {
    updated(before, now.iter().collect())
}

/// A list for a row that is made anew.
pub(crate) fn list<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_change_in_the_same_list() {
        let first = updated(ModelRc::default(), vec![1, 2]);
        let second = updated(first.clone(), vec![1, 3]);
        assert!(first == second, "the list was made anew");
        assert_eq!(first.iter().collect::<Vec<i32>>(), [1, 3]);
        let third = updated(first.clone(), vec![4]);
        assert!(first == third);
        assert_eq!(first.iter().collect::<Vec<i32>>(), [4]);
    }
}
